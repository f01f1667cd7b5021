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

const hourMs = 3_600_000;

/** Opened and resolved per hour over all channels: the whole day of whoever looks, oldest first. */
export function hourBars(board: Board): HourBar[] {
  const bars = new Map<number, HourBar>();
  const put = (at: number, opened: number, resolved: number) => {
    const bar = bars.get(at) ?? { hour: new Date(at).toISOString(), opened: 0, resolved: 0 };
    bars.set(at, { ...bar, opened: bar.opened + opened, resolved: bar.resolved + resolved });
  };
  const midnight = new Date(board.at).setHours(0, 0, 0, 0);
  for (let hour = 0; hour < 24; hour += 1) put(midnight + hour * hourMs, 0, 0);
  for (const { hour, figures } of board.hours) put(Date.parse(hour), figures.opened, figures.resolved);
  return [...bars.entries()].sort(([a], [b]) => a - b).map(([, bar]) => bar);
}
