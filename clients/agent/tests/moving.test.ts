import { expect, test } from "vitest";
import type { Draft, GroupDraft } from "@/tickets/conditions";
import { toGroup, toTree } from "@/tickets/conditions";
import { movedTo, stepped } from "@/tickets/moving";

const leaf = (name: string): Draft => ({ kind: "leaf", field: name, op: "is", value: 1 });
const group = (...parts: Draft[]): GroupDraft => ({ kind: "group", any: false, not: false, parts });
const shape = (draft: Draft): string => (draft.kind === "leaf" ? draft.field : `(${draft.parts.map(shape).join(" ")})`);

const start = group(leaf("a"), group(leaf("b"), leaf("c")), leaf("d"));

test("dropped before, behind, into and out of a group", () => {
  expect(shape(movedTo(start, [0], [3]))).toBe("((b c) d a)");
  expect(shape(movedTo(start, [2], [0]))).toBe("(d a (b c))");
  expect(shape(movedTo(start, [0], [1, 1]))).toBe("((b a c) d)");
  expect(shape(movedTo(start, [1, 0], [0]))).toBe("(b a (c) d)");
  expect(shape(movedTo(start, [1, 0], [1, 2]))).toBe("(a (c b) d)");
  expect(shape(movedTo(start, [1], [1, 0]))).toBe(shape(start));
});

test("by the keyboard everything walks through every place and back", () => {
  let at = { group: start, path: [0] };
  const seen = [];
  for (let next = stepped(at.group, at.path, 1); next; next = stepped(at.group, at.path, 1)) seen.push(shape((at = next).group));
  expect(seen).toEqual(["((a b c) d)", "((b a c) d)", "((b c a) d)", "((b c) a d)", "((b c) d a)"]);
  const back = [];
  for (let next = stepped(at.group, at.path, -1); next; next = stepped(at.group, at.path, -1)) back.push(shape((at = next).group));
  expect(back.at(-1)).toBe(shape(start));
});

test("no group goes deeper than the server reads", () => {
  const deep = group(group(group(group(leaf("x")))), group(leaf("y")));
  expect(shape(movedTo(deep, [1], [0, 0, 0, 0]))).toBe(shape(deep));
  expect(shape(movedTo(deep, [1, 0], [0, 0, 0, 0]))).toBe("((((y x))) ())");
});

test("names by key survive reading and writing", () => {
  const tree = { all: [{ field: "category", in: [{ key: "payment" }] }, { not: { any: [{ field: "queue", in: [{ key: "vip" }] }] } }] };
  expect(toTree(toGroup(tree))).toEqual(tree);
});
