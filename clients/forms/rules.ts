/**
 * Which fields of a form are asked, which are needed, and what is wrong with a value: decided here as the server decides
 * (playerdesk/forms/showing.py, limits.py); vectors.json proves both. Shared by the player's widget and the workspace.
 */
export type Words = { zh: string; en: string };
export type Option = { key: string; name: Words; options?: Option[] | null };
export type Tree = { [name: string]: unknown };
export type Field = {
  key: string;
  kind: string;
  label: Words;
  required?: boolean;
  options?: Option[] | null;
  help?: Words | null;
  show?: Tree | null;
  need?: Tree | null;
  min?: number | string | null;
  max?: number | string | null;
  pattern?: string | null;
  message?: Words | null;
  default?: unknown;
  audience?: string;
  lookup?: string | null;
};
/** Answers as the desk keeps them: money in minor units, times in UTC; what is empty is not there. */
export type Values = Record<string, unknown>;
/** `offset`: minutes that the clock on the wall is ahead of UTC. */
export type Clock = { now: number; offset: number };

export const here = (): Clock => ({ now: Date.now(), offset: -new Date().getTimezoneOffset() });

export function leaves(options: Option[] | null | undefined): Option[] {
  return (options ?? []).reduce<Option[]>((all, one) => all.concat(one.options?.length ? leaves(one.options) : one), []);
}

const MINUTE = 60_000;
const DAY = 86_400_000;
const UNITS: Record<string, number> = { s: 1000, m: MINUTE, h: 3_600_000, d: DAY, w: 7 * DAY };
const midnight = (day: string, clock: Clock): number => Date.parse(day + "T00:00:00Z") - clock.offset * MINUTE;
const dayOf = (at: number, clock: Clock): string => new Date(at + clock.offset * MINUTE).toISOString().slice(0, 10);

/** "now", "-3d", "today-7d", a day, or a time, as milliseconds. */
function moment(text: string, clock: Clock): number {
  const found = /^(now|today)?(?:([+-])(\d+)([smhdw]))?$/.exec(text);
  if (found && text) {
    const start = found[1] === "today" ? midnight(dayOf(clock.now, clock), clock) : clock.now;
    const shift = Number(found[3] ?? 0) * (UNITS[found[4] ?? "s"] ?? 0);
    return found[2] === "-" ? start - shift : start + shift;
  }
  return text.length === 10 ? midnight(text, clock) : Date.parse(text);
}

const fold = (text: unknown): string => String(text).replace(/[A-Z]/g, (letter) => letter.toLowerCase());
const OPPOSITE: Record<string, string> = { is_not: "is", not_in: "in", not_contains: "contains", has_none: "has_any" };

function leaf(field: Field, operator: string, wanted: unknown, given: unknown, clock: Clock): boolean {
  const other = OPPOSITE[operator];
  if (other) return !leaf(field, other, wanted, given, clock);
  const list = (Array.isArray(wanted) ? wanted : [wanted]) as never[];
  if (operator === "is_empty") return (given === undefined || given === "" || (given as unknown[]).length === 0) === wanted;
  if (field.kind === "consent") return list.includes((given === true) as never);
  if (given === undefined) return false;
  const held = given as never[];
  if (operator === "is" || operator === "in") return list.includes(given as never);
  if (operator === "contains") return fold(given).includes(fold(wanted));
  if (operator === "has" || operator === "has_any") return list.some((one) => held.includes(one));
  if (operator === "has_all") return list.every((one) => held.includes(one));
  const time = field.kind === "date" || field.kind === "datetime";
  const value = time ? moment(String(given), clock) : Number(given);
  const [low = 0, high = 0] = list.map((one) => (time ? moment(String(one), clock) : Number(one)));
  switch (operator) {
    case "less":
    case "before":
      return value < low;
    case "more":
    case "after":
      return value > low;
    case "at_least":
      return value >= low;
    case "at_most":
      return value <= low;
    case "between":
      return value >= low && value <= high;
    default:
      return true;
  }
}

export class Showing {
  private known: Record<string, boolean> = {};
  private looking = new Set<string>();

  constructor(
    private fields: Field[],
    private values: Values,
    private clock: Clock = here(),
  ) {}

  shown(field: Field): boolean {
    if (!field.show) return true;
    const known = this.known[field.key];
    if (known !== undefined) return known;
    // A ring cannot be published; what would close one is not shown.
    if (this.looking.has(field.key)) return false;
    this.looking.add(field.key);
    const found = this.is(field.show);
    this.looking.delete(field.key);
    return (this.known[field.key] = found);
  }

  needed(field: Field): boolean {
    return this.shown(field) && (!!field.required || (!!field.need && this.is(field.need)));
  }

  private is(tree: Tree): boolean {
    if (tree["all"]) return (tree["all"] as Tree[]).every((part) => this.is(part));
    if (tree["any"]) return (tree["any"] as Tree[]).some((part) => this.is(part));
    if (tree["not"]) return !this.is(tree["not"] as Tree);
    const field = this.fields.find((one) => one.key === tree["field"]);
    const operator = Object.keys(tree).find((name) => name !== "field") ?? "";
    if (!field) return true;
    const given = this.values[field.key] ?? undefined;
    return leaf(field, operator, tree[operator], given !== undefined && this.shown(field) ? given : undefined, this.clock);
  }
}

export type Wrong = { what: "short" | "long" | "pattern" | "small" | "large" | "few" | "many" | "early" | "late"; bound: string | number };

function day(bound: unknown, today: string): string | undefined {
  if (typeof bound !== "string") return undefined;
  const found = /^today(?:([+-])(\d{1,4})d)?$/.exec(bound);
  if (!found) return /^\d{4}-\d\d-\d\d$/.test(bound) ? bound : undefined;
  const days = Number(found[2] ?? 0) * (found[1] === "-" ? -1 : 1);
  return new Date(Date.parse(today + "T00:00:00Z") + days * DAY).toISOString().slice(0, 10);
}

/** What is wrong with a value that is there; money bounds are told as people write them. */
export function wrong(field: Field, value: unknown, clock: Clock = here()): Wrong | null {
  const { kind } = field;
  if (kind === "date" || kind === "datetime") {
    const today = dayOf(clock.now, clock);
    const at = kind === "date" ? String(value) : dayOf(Date.parse(String(value)), clock);
    const [low, high] = [day(field.min, today), day(field.max, today)];
    return low && at < low ? { what: "early", bound: low } : high && at > high ? { what: "late", bound: high } : null;
  }
  const low = typeof field.min === "number" ? field.min : -Infinity;
  const high = typeof field.max === "number" ? field.max : Infinity;
  const compare = (size: number, below: Wrong["what"], above: Wrong["what"], unit = 1): Wrong | null =>
    size < low ? { what: below, bound: low / unit } : size > high ? { what: above, bound: high / unit } : null;
  if (kind === "text" || kind === "longtext" || kind === "lookup") {
    const length = compare(Array.from(String(value)).length, "short", "long");
    return length ?? (field.pattern && !fits(field.pattern, String(value)) ? { what: "pattern", bound: "" } : null);
  }
  if (kind === "number" || kind === "money") return compare(Number(value), "small", "large", kind === "money" ? 100 : 1);
  return kind === "choices" || kind === "file" ? compare((value as unknown[]).length, "few", "many") : null;
}

export function fits(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, "u").test(value);
  } catch {
    return true;
  }
}
