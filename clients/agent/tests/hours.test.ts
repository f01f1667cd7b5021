import { expect, test } from "vitest";
import type { Board, Figures } from "@/api/types";
import { hourBars, hourRows, hoursOf } from "@/insights/hours";

const figures = (opened: number, resolved: number): Figures => ({
  opened, resolved, firstResponses: 0, firstResponseAverage: null, firstResponseP90: null, within: 0, withinPercent: null,
  rated: 0, satisfaction: null, reopened: 0, breached: 0,
});
const at = (hour: number) => new Date(Date.UTC(2026, 10, 21, 16 + hour)).toISOString();
const board = {
  at: at(11),
  day: "2026-11-22",
  timeZone: "Asia/Shanghai",
  hours: [
    { hour: at(9), channel: "game", figures: figures(3, 1) },
    { hour: at(10), channel: "chat", figures: figures(1, 1) },
    { hour: at(9), channel: "chat", figures: figures(2, 0) },
  ],
} as unknown as Board;

test("an hour's bar adds up its channels; the day is whole", () => {
  const bars = hourBars(board);
  expect(bars).toHaveLength(24);
  expect(bars[9]).toMatchObject({ opened: 5, resolved: 1 });
  expect(bars[10]).toMatchObject({ opened: 1, resolved: 1 });
  expect(bars[11]).toMatchObject({ opened: 0, resolved: 0 });
});

test("the newest hour stands first, its channels in order", () => {
  expect(hourRows(board).map((one) => `${(new Date(one.hour).getUTCHours() + 8) % 24} ${one.channel}`)).toEqual(["10 chat", "9 chat", "9 game"]);
});

test("a day is the brand's, wherever the reader is, and as long as its clocks make it", () => {
  expect(new Date(hoursOf("2026-11-22", "Asia/Shanghai")[0] as number).toISOString()).toBe("2026-11-21T16:00:00.000Z");
  expect(hoursOf("2026-11-22", "Asia/Kolkata")).toHaveLength(24);
  expect(hoursOf("2026-11-22", "Pacific/Kiritimati")).toHaveLength(24);
  expect(hoursOf("2026-03-29", "Europe/Berlin")).toHaveLength(23);
  expect(hoursOf("2026-10-25", "Europe/Berlin")).toHaveLength(25);
});
