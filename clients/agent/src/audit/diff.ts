// Before and after as lines one can read: every value that was there, is there now, or both.
export interface Line {
  path: string;
  before?: unknown;
  after?: unknown;
  /** Whether it is the same on both sides: beside what changed it only says where. */
  same: boolean;
}

type Flat = Map<string, unknown>;

/** A list of plain words or numbers is read as one. */
const isPlain = (value: unknown): boolean => Array.isArray(value) && value.every((each) => each === null || typeof each !== "object");

function flatten(value: unknown, path: string, into: Flat): Flat {
  if (isPlain(value) && path) into.set(path, value);
  else if (value !== null && typeof value === "object" && Object.keys(value).length) {
    for (const [key, each] of Object.entries(value)) flatten(each, path ? `${path}.${key}` : key, into);
  } else if (path ? value !== undefined : value !== null && typeof value !== "object" && value !== undefined) into.set(path, value);
  return into;
}

/** The lines of a trace, in the order of what is there now; what is gone comes last. */
export function linesOf(before: unknown, after: unknown): Line[] {
  const was = flatten(before, "", new Map());
  const is = flatten(after, "", new Map());
  const paths = [...is.keys(), ...[...was.keys()].filter((path) => !is.has(path))];
  return paths.map((path) => {
    const line: Line = { path, same: was.has(path) && is.has(path) && JSON.stringify(was.get(path)) === JSON.stringify(is.get(path)) };
    if (was.has(path)) line.before = was.get(path);
    if (is.has(path)) line.after = is.get(path);
    return line;
  });
}
