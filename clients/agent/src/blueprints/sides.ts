// Two bodies side by side: one row a value. Lists of things with a `key` are laid beside each other by it.
import { same, type Body } from "./types";

export interface Row {
  /** "fields.server.label.zh": a thing in a list goes by its key, else by its number from 0, as in places of problems. */
  path: string[];
  kind: "same" | "changed" | "added" | "removed" | "moved";
  before?: unknown;
  after?: unknown;
}

const isMap = (value: unknown): value is Body => typeof value === "object" && value !== null && !Array.isArray(value);
const absent = Symbol("absent");

function keyed(value: unknown): Map<string, unknown> | null {
  if (!Array.isArray(value) || !value.length || !value.every((one) => isMap(one) && typeof one.key === "string")) return null;
  const found = new Map((value as Body[]).map((one) => [one.key as string, one as unknown]));
  return found.size === value.length ? found : null;
}

/** A list as a map: by key where both sides have keys, else by number. */
function named(value: unknown, byKey: boolean): Map<string, unknown> {
  if (isMap(value)) return new Map(Object.entries(value).filter(([, one]) => one !== undefined));
  if (!Array.isArray(value)) return new Map();
  return (byKey ? keyed(value) : null) ?? new Map(value.map((one, n) => [String(n), one as unknown]));
}

const isTree = (value: unknown) => (isMap(value) && Object.keys(value).length > 0) || (Array.isArray(value) && value.length > 0);

function walk(before: unknown, after: unknown, path: string[], into: Row[]): void {
  const [was, is] = [isTree(before), isTree(after)];
  const alike = was && is ? Array.isArray(before) === Array.isArray(after) : (was && after === absent) || (is && before === absent);
  if (!alike) {
    if (before === absent && after === absent) return;
    if (before === absent) return void into.push({ path, kind: "added", after });
    if (after === absent) return void into.push({ path, kind: "removed", before });
    return void into.push({ path, kind: same(before, after) ? "same" : "changed", before, after });
  }
  const byKey = (!was || keyed(before) !== null) && (!is || keyed(after) !== null);
  const [one, other] = [named(before === absent ? null : before, byKey), named(after === absent ? null : after, byKey)];
  const both = (from: Map<string, unknown>, to: Map<string, unknown>) => [...from.keys()].filter((name) => to.has(name));
  if (Array.isArray(before) && byKey && was && is && both(one, other).join("\n") !== both(other, one).join("\n"))
    into.push({ path, kind: "moved", before: [...one.keys()], after: [...other.keys()] });
  for (const name of new Set([...other.keys(), ...one.keys()]))
    walk(one.has(name) ? one.get(name) : absent, other.has(name) ? other.get(name) : absent, [...path, name], into);
}

/** Every value that was, is, or both, in the order of what is there now; what is gone comes where it stood among its like. */
export function sides(before: Body | null, after: Body | null): Row[] {
  const rows: Row[] = [];
  walk(before ?? absent, after ?? absent, [], rows);
  return rows;
}
