import { expect, test } from "vitest";
import { linesOf } from "@/audit/diff";

test("what changed, came and went, in the order of what is there now", () => {
  expect(linesOf({ name: "旧", gone: 1, deep: { a: [1, 2] } }, { name: "新", deep: { a: [1, 3] }, came: null })).toEqual([
    { path: "name", before: "旧", after: "新", same: false },
    { path: "deep.a", before: [1, 2], after: [1, 3], same: false },
    { path: "came", after: null, same: false },
    { path: "gone", before: 1, same: false },
  ]);
});

test("a list of plain values is one value, a list of things is gone into", () => {
  expect(linesOf({ tags: [] }, { tags: ["a"], steps: [{ key: "x" }] })).toEqual([
    { path: "tags", before: [], after: ["a"], same: false },
    { path: "steps.0.key", after: "x", same: false },
  ]);
});

test("a bare value, and nothing", () => {
  expect(linesOf(null, "x")).toEqual([{ path: "", after: "x", same: false }]);
  expect(linesOf(null, null)).toEqual([]);
  expect(linesOf({}, { a: {} })).toEqual([{ path: "a", after: {}, same: false }]);
});
