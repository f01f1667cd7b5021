import { expect, test } from "vitest";
import { begin, changed, redone, undone } from "@/blueprints/history";
import { sides } from "@/blueprints/sides";
import { valueName } from "@/blueprints/values";
import { t } from "@/kit/words";
import { pathOf, same } from "@/blueprints/types";

test("what is typed in one go is one step back, what comes later another", () => {
  let history = begin("");
  history = changed(history, "a", 1000);
  history = changed(history, "ab", 1200);
  history = changed(history, "ab c", 3000);
  expect(undone(history).now).toBe("ab");
  expect(undone(undone(history)).now).toBe("");
  expect(undone(undone(undone(history))).now).toBe("");
  expect(redone(undone(history)).now).toBe("ab c");
  expect(redone(history)).toBe(history);
});

test("a step of its own joins neither what is before nor what comes after", () => {
  let history = changed(begin(0), 1, 100);
  history = changed(history, 2, 101, true);
  history = changed(history, 3, 102);
  expect(undone(history).now).toBe(2);
  expect(undone(undone(history)).now).toBe(1);
});

test("after an undo, a change forgets what could have been redone", () => {
  let history = changed(changed(begin(0), 1, 1000), 2, 9000);
  history = changed(undone(history), 5, 9100);
  expect(history.future).toEqual([]);
  expect(undone(history).now).toBe(1);
});

test("things with keys are laid beside each other by their keys, and a move is told", () => {
  const before = { fields: [{ key: "a", n: 1 }, { key: "b", n: 2 }], gone: true };
  const after = { fields: [{ key: "b", n: 3 }, { key: "a", n: 1 }, { key: "c" }] };
  const told = sides(before, after).filter((row) => row.kind !== "same");
  expect(told).toEqual([
    { path: ["fields"], kind: "moved", before: ["a", "b"], after: ["b", "a", "c"] },
    { path: ["fields", "b", "n"], kind: "changed", before: 2, after: 3 },
    { path: ["fields", "c", "key"], kind: "added", after: "c" },
    { path: ["gone"], kind: "removed", before: true },
  ]);
});

test("other lists by number; empty ones, nulls and falses are values; nothing beside nothing is nothing", () => {
  expect(sides({ then: [{ do: "tag" }], x: null }, { then: [{ do: "note" }, { do: "tag" }], x: false })).toEqual([
    { path: ["then", "0", "do"], kind: "changed", before: "tag", after: "note" },
    { path: ["then", "1", "do"], kind: "added", after: "tag" },
    { path: ["x"], kind: "changed", before: null, after: false },
  ]);
  expect(sides({ a: [] }, { a: [1] })).toEqual([{ path: ["a"], kind: "changed", before: [], after: [1] }]);
  expect(sides(null, { a: 1 })).toEqual([{ path: ["a"], kind: "added", after: 1 }]);
  expect(sides(null, null)).toEqual([]);
});

test("the order of names does not matter, the order of a list does", () => {
  expect(same({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toBe(true);
  expect(same({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
  expect(same({ a: undefined }, {})).toBe(true);
  expect(same([], {})).toBe(false);
  expect(same(null, {})).toBe(false);
});

test("a document of every brand has a dash in its address", () => {
  expect(pathOf({ kind: "rule", brandKey: "", key: "a" })).toBe("/blueprints/rule/-/a");
});

test("values are called what people call them", () => {
  expect(valueName(["targets", "0", "first"], 5400)).toBe("1小时30分钟");
  expect(valueName(["targets", "0", "tier"], "high")).toBe(t("tickets.tier.high"));
  expect(valueName(["then", "0", "people", "0"], "nobody-by-this-name")).toBe("nobody-by-this-name");
  expect(valueName(["targets", "0", "warn"], 0.8)).toBe("0.8");
});
