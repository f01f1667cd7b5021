// Long runs of changes fold: what people said must not drown in what machines did.
import type { Entry } from "@/api/types";

const longestRun = 5;
const keptBefore = 1;
const keptAfter = 2;

export type Line = { entry: Entry } | { folded: Entry[] };

/** The timeline's lines; `unfolded` are the first seqs of runs the reader has opened. */
export function lines(entries: Entry[], unfolded: ReadonlySet<number>): Line[] {
  const result: Line[] = [];
  for (let at = 0; at < entries.length; ) {
    let end = at;
    // A merged ticket stands at its mark: it is no mere change.
    while (entries[end]?.kind === "change" && entries[end]?.change?.what !== "merged_in") end += 1;
    const run = entries.slice(at, end);
    if (run.length > longestRun && !unfolded.has((run[0] as Entry).seq)) {
      result.push(...run.slice(0, keptBefore).map((entry) => ({ entry })));
      result.push({ folded: run.slice(keptBefore, -keptAfter) });
      result.push(...run.slice(-keptAfter).map((entry) => ({ entry })));
      at = end;
    } else if (run.length) {
      result.push(...run.map((entry) => ({ entry })));
      at = end;
    } else {
      result.push({ entry: entries[at] as Entry });
      at += 1;
    }
  }
  return result;
}
