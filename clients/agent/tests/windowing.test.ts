import { describe, expect, it } from "vitest";
import { lineAt, linesBetween, startOf, type Heights } from "@/kit/windowing";

const grouped: Heights = { row: 44, head: 32, heads: [0, 5, 6, 40] };

/** What measuring line after line would say. */
function starts({ row, head, heads }: Heights, count: number): number[] {
  const found = [0];
  for (let at = 0; at < count; at += 1) found.push(found[at]! + (heads.includes(at) ? head : row));
  return found;
}

describe("the lines on screen", () => {
  it("stand where adding up every line puts them", () => {
    const slow = starts(grouped, 100);
    slow.forEach((start, at) => expect(startOf(grouped, at)).toBe(start));
    for (let y = 0; y < slow[100]!; y += 7) {
      const at = lineAt(grouped, 100, y);
      expect(slow[at]! <= y && y < slow[at + 1]!).toBe(true);
    }
  });

  it("are few however long the list is, cover the window, and do not go beyond its ends", () => {
    const plain: Heights = { row: 44, head: 32, heads: [] };
    for (const top of [0, 44 * 50_000 + 3, 44 * 100_000 - 800]) {
      const lines = linesBetween(plain, 100_000, top, top + 800);
      expect(lines.length).toBeLessThan(50);
      expect(lines[0]!.start).toBeLessThanOrEqual(top);
      const last = lines.at(-1)!;
      expect(last.start + last.size).toBeGreaterThanOrEqual(Math.min(top + 800, 44 * 100_000));
      expect(lines.every((line) => line.index >= 0 && line.index < 100_000)).toBe(true);
    }
    expect(linesBetween(plain, 0, 0, 800)).toEqual([]);
    expect(linesBetween(grouped, 3, 0, 800).map((line) => line.size)).toEqual([32, 44, 44]);
  });
});
