// The tree of categories of one brand, as documents say it, and moving things in it. Pure.
import type { Entry } from "@/blueprints/types";

export interface Node {
  key: string;
  parent: string;
  position: number;
}
export interface Row extends Node {
  depth: number;
  entry: Entry;
}
export const deepest = 4;

export function nodesOf(entries: Entry[]): Node[] {
  return entries.map(({ standing }) => ({ key: standing.key, parent: String(standing.body.parent ?? ""), position: Number(standing.body.position ?? 0) }));
}

const order = (one: Node, other: Node) => one.position - other.position || one.key.localeCompare(other.key);
const below = (nodes: Node[], parent: string) => nodes.filter((one) => one.parent === parent).sort(order);

/** From top to bottom; what stands below something that is not here stands at the top. */
export function flat(nodes: Node[], entries: Entry[]): Row[] {
  const known = new Set(nodes.map((one) => one.key));
  const rooted = nodes.map((one) => (one.parent && !known.has(one.parent) ? { ...one, parent: "" } : one));
  const walk = (parent: string, depth: number): Row[] =>
    depth > 8 ? [] : below(rooted, parent).flatMap((one) => {
      const entry = entries.find((each) => each.standing.key === one.key);
      return entry ? [{ ...one, depth, entry }, ...walk(one.key, depth + 1)] : [];
    });
  return walk("", 0);
}

function within(nodes: Node[], key: string): Set<string> {
  const found = new Set([key]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const one of nodes) if (found.has(one.parent) && !found.has(one.key)) (found.add(one.key), (grown = true));
  }
  return found;
}
function heightOf(nodes: Node[], key: string): number {
  return 1 + Math.max(0, ...nodes.filter((one) => one.parent === key).map((one) => heightOf(nodes, one.key)));
}
function depthOf(nodes: Node[], key: string): number {
  const one = nodes.find((each) => each.key === key);
  return one ? 1 + depthOf(nodes.filter((each) => each !== one), one.parent) : 0;
}

/** `key` as the `at`th below `parent`; null when that cannot be (below itself, too deep). Siblings are numbered anew. */
export function placed(nodes: Node[], key: string, parent: string, at: number): Node[] | null {
  if (within(nodes, key).has(parent) || depthOf(nodes, parent) + heightOf(nodes, key) > deepest) return null;
  const siblings = below(nodes, parent).filter((one) => one.key !== key).map((one) => one.key);
  siblings.splice(Math.max(0, Math.min(at, siblings.length)), 0, key);
  return nodes.map((one) => (siblings.includes(one.key) ? { key: one.key, parent, position: siblings.indexOf(one.key) + 1 } : one));
}

/** ↑ ↓ among its siblings, → below the one before it, ← out of the one it stands in. */
export function stepped(nodes: Node[], key: string, step: "up" | "down" | "in" | "out"): Node[] | null {
  const one = nodes.find((each) => each.key === key);
  if (!one) return null;
  const siblings = below(nodes, one.parent).map((each) => each.key);
  const at = siblings.indexOf(key);
  if (step === "up") return at > 0 ? placed(nodes, key, one.parent, at - 1) : null;
  if (step === "down") return at < siblings.length - 1 ? placed(nodes, key, one.parent, at + 1) : null;
  if (step === "in") return at > 0 ? placed(nodes, key, siblings[at - 1] as string, Infinity) : null;
  const parent = nodes.find((each) => each.key === one.parent);
  if (!parent) return null;
  return placed(nodes, key, parent.parent, below(nodes, parent.parent).map((each) => each.key).indexOf(parent.key) + 1);
}

export function changes(before: Node[], after: Node[]): Node[] {
  return after.filter((one) => !before.some((each) => each.key === one.key && each.parent === one.parent && each.position === one.position));
}
