import { expect, test } from "vitest";
import { fitting, nextRow, ofChannel, type TargetRow } from "@/levels/grid";

const row = (more: Partial<TargetRow>): TargetRow => ({ channel: "game", tier: null, category: null, first: 60, next: null, resolution: null, warn: 0.5, calendar: "always", ...more });

test("the most specific row decides: game before category before tier", () => {
  const rows = [
    { row: row({}), own: false }, { row: row({ tier: "high" }), own: false }, { row: row({ category: "pay" }), own: false },
    { row: row({ category: "pay", tier: "high" }), own: false }, { row: row({}), own: true },
  ];
  const who = { channel: "game", tier: "high", category: "pay" };
  expect(fitting(rows, who)).toEqual([rows[4], rows[3], rows[2], rows[1], rows[0]]);
  expect(fitting(rows, { ...who, tier: "low", category: null })).toEqual([rows[4], rows[0]]);
  expect(fitting(rows, { ...who, channel: "chat" })).toEqual([]);
});

test("rows of a channel are read from everybody to the special, and keep their places", () => {
  const rows = [row({ category: "pay" }), row({ tier: "mid" }), row({ channel: "chat" }), row({}), row({ tier: "high" })];
  expect(ofChannel(rows, "game").map((one) => one.n)).toEqual([3, 4, 1, 0]);
  expect(nextRow(rows, "game").tier).toBe("low");
  expect(nextRow(rows, "mail").tier).toBeNull();
});

test("a row for a branch holds for all below it, the nearest first", () => {
  const row = (category: string | null, tier: string | null = null): TargetRow => ({ channel: "game", tier, category, first: 1, next: null, resolution: null, warn: 0.5, calendar: "always" });
  const rows = [{ row: row(null, "high"), own: true }, { row: row("top", "high"), own: true }, { row: row("middle"), own: true }, { row: row("leaf"), own: false }, { row: row("other"), own: true }];
  const way = ["leaf", "middle", "top"];
  expect(fitting(rows, { channel: "game", tier: "high", category: "leaf", way })).toEqual([rows[2], rows[1], rows[0], rows[3]]);
});
