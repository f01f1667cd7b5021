// The board's hours as rows and sums, and its days.
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
const quarterMs = hourMs / 4;

/** The full hours of a day in a zone: 24 of them, or 23 or 25 where the clocks are changed. */
export function hoursOf(day: string, timeZone: string): number[] {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  const noon = Date.parse(`${day}T12:00:00Z`);
  const hours: number[] = [];
  // No zone is further than 14 hours from UTC, and every offset is of whole quarters.
  for (let at = noon - 26 * hourMs; at < noon + 26 * hourMs; at += quarterMs) {
    const text = parts.format(at);
    if (text.startsWith(day) && text.endsWith(":00")) hours.push(at);
  }
  return hours;
}

/** Opened and resolved per hour over all channels: the brand's whole day, oldest first. */
export function hourBars(board: Board): HourBar[] {
  const bars = new Map<number, HourBar>();
  const put = (at: number, opened: number, resolved: number) => {
    const bar = bars.get(at) ?? { hour: new Date(at).toISOString(), opened: 0, resolved: 0 };
    bars.set(at, { ...bar, opened: bar.opened + opened, resolved: bar.resolved + resolved });
  };
  for (const hour of hoursOf(board.day, board.timeZone)) put(hour, 0, 0);
  for (const { hour, figures } of board.hours) put(Date.parse(hour), figures.opened, figures.resolved);
  return [...bars.entries()].sort(([a], [b]) => a - b).map(([, bar]) => bar);
}

/** The day before or after, as the calendar counts. */
export const dayBeside = (day: string, by: number): string => new Date(Date.parse(`${day}T12:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);

/** A day of the calendar, or nothing. */
export const dayIn = (text: unknown): string => (typeof text === "string" && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : "");
