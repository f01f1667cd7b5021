// Moving a comparison or a group within a condition: by a drop, or step by step by the keyboard. Paths are indexes
// from the top group down; nothing moves into itself, and no group goes deeper than the server allows.
import type { Draft, GroupDraft } from "./conditions";

export type Path = number[];
export const deepest = 4;

const partAt = (group: GroupDraft, path: Path): Draft | undefined =>
  path.reduce<Draft | undefined>((at, n) => (at?.kind === "group" ? at.parts[n] : undefined), group);

function edit(group: GroupDraft, path: Path, how: (parts: Draft[]) => Draft[]): GroupDraft {
  const [first, ...rest] = path;
  if (first === undefined) return { ...group, parts: how(group.parts) };
  return { ...group, parts: group.parts.map((one, n) => (n === first && one.kind === "group" ? edit(one, rest, how) : one)) };
}
const heightOf = (draft: Draft): number => (draft.kind === "leaf" ? 0 : 1 + Math.max(0, ...draft.parts.map(heightOf)));
const startsWith = (path: Path, head: Path) => head.every((n, at) => path[at] === n);

/** The thing at `from`, put before what stands at `to` (its last number may be one past the end). */
export function movedTo(group: GroupDraft, from: Path, to: Path): GroupDraft {
  const part = partAt(group, from);
  if (!part || !from.length || !to.length || startsWith(to, from)) return group;
  if (to.length - 1 + heightOf(part) >= deepest) return group;
  // What goes away before the goal moves the goal by one.
  const target = [...to];
  const last = from.length - 1;
  if (to.length > last && startsWith(to, from.slice(0, -1)) && (from[last] as number) < (to[last] as number)) target[last] = (target[last] as number) - 1;
  const without = edit(group, from.slice(0, -1), (parts) => parts.filter((_, n) => n !== from[last]));
  return edit(without, target.slice(0, -1), (parts) => parts.toSpliced(target.at(-1) as number, 0, part));
}

/** One step up or down: past a neighbour, into a group, or out of one. Where it is then, or null where there is no way. */
export function stepped(group: GroupDraft, from: Path, by: 1 | -1): { group: GroupDraft; path: Path } | null {
  const at = from.at(-1);
  const above = from.slice(0, -1);
  const parent = partAt(group, above);
  if (at === undefined || parent?.kind !== "group") return null;
  const part = parent.parts[at];
  const next = parent.parts[at + by];
  const go = (to: Path, path: Path) => {
    const moved = movedTo(group, from, to);
    return moved === group ? null : { group: moved, path };
  };
  if (next?.kind === "group" && part && above.length + 1 + heightOf(part) < deepest) {
    const index = by > 0 ? at : at - 1;
    const inside = by > 0 ? 0 : next.parts.length;
    return go([...above, at + by, inside], [...above, index, inside]);
  }
  if (next) return go([...above, by > 0 ? at + 2 : at - 1], [...above, at + by]);
  // Past the end of its group it goes out of it.
  const own = above.at(-1);
  if (own === undefined) return null;
  const out = [...above.slice(0, -1), by > 0 ? own + 1 : own];
  return go(out, out);
}
