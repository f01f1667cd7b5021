import { expect, test } from "vitest";
import type { Entry } from "@/api/types";
import { lines } from "@/tickets/folding";

const entries = (kinds: string): Entry[] =>
  [...kinds].map((kind, index) => ({ seq: index + 1, kind: kind === "c" ? "change" : "message" }) as Entry);
const shape = (kinds: string, unfolded: number[] = []) =>
  lines(entries(kinds), new Set(unfolded)).map((line) => ("folded" in line ? `${line.folded.length} folded` : line.entry.seq));

test("short runs stay as they are", () => {
  expect(shape("mcccccm")).toEqual([1, 2, 3, 4, 5, 6, 7]);
});
test("a long run keeps its beginning and its end", () => {
  expect(shape("mccccccccm")).toEqual([1, 2, "5 folded", 8, 9, 10]);
});
test("an opened run is whole again", () => {
  expect(shape("mccccccm", [2])).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});
test("nothing is lost", () => {
  const all = lines(entries("ccccccccmmccccccc"), new Set()).flatMap((line) => ("folded" in line ? line.folded : [line.entry]));
  expect(all.map((one) => one.seq)).toEqual(entries("ccccccccmmccccccc").map((one) => one.seq));
});
