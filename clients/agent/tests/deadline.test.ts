import { describe, expect, test } from "vitest";
import { depthOfLate, gone, secondsLeft, stageOf } from "@/tickets/deadline";

const promise = (seconds: number, warn: number | null = null) => ({ since: 0, due: seconds * 1000, warn });

describe("a promise of 30 seconds", () => {
  test.each([
    [0, "calm"], [14.9, "calm"], [15, "soon"], [24.9, "soon"], [25, "urgent"], [29.9, "urgent"], [30, "late"], [90, "late"],
  ])("after %s s it is %s", (at, stage) => expect(stageOf(promise(30), at * 1000)).toBe(stage));
});

test("a promise of 15 seconds has the same parts", () => {
  expect([7, 8, 12, 13, 15].map((at) => stageOf(promise(15), at * 1000))).toEqual(["calm", "soon", "soon", "urgent", "late"]);
});

test("a promise of days is warned of by the server", () => {
  expect([1, 4000, 9000].map((at) => stageOf(promise(8640, 4000 * 1000), at * 1000))).toEqual(["calm", "soon", "late"]);
});

test("without a deadline nothing runs", () => {
  expect(stageOf({ due: null, warn: null, since: 0 }, 5000)).toBe("none");
  expect(gone({ due: null, warn: null, since: 0 }, 5000)).toBe(0);
});

test("the last second is shown as 1, not as 0", () => expect([secondsLeft(30_000, 29_001), secondsLeft(30_000, 30_000)]).toEqual([1, 0]));

test("what is late grows deeper", () => {
  expect([0, 10_000, 70_000, 301_000].map((late) => depthOfLate(1000, 1000 + late))).toEqual([1, 1, 2, 3]);
  expect(depthOfLate(1000, 999)).toBe(0);
});
