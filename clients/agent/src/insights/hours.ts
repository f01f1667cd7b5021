// The board's hours as rows and sums.
import type { Board, Figures } from "@/api/types";

export interface HourRow {
  hour: string;
  channel: string;
  figures: Figures;
}

/** Hours in order; within one, the channels in order. */
export const hourRows = (board: Board): HourRow[] =>
  [...board.hours].sort((a, b) => (a.hour === b.hour ? a.channel.localeCompare(b.channel) : a.hour < b.hour ? 1 : -1));

export interface HourBar {
  hour: string;
  opened: number;
  resolved: number;
}

/** Opened and resolved per hour over all channels, oldest first. */
export function hourBars(board: Board): HourBar[] {
  const bars = new Map<string, HourBar>();
  for (const { hour, figures } of board.hours) {
    const bar = bars.get(hour) ?? { hour, opened: 0, resolved: 0 };
    bars.set(hour, { hour, opened: bar.opened + figures.opened, resolved: bar.resolved + figures.resolved });
  }
  return [...bars.values()].sort((a, b) => (a.hour < b.hour ? -1 : 1));
}
