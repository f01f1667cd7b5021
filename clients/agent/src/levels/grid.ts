// The grid of targets: its shape, and which row decides. Pure; the server's rule is sla/rules.py.
import type { Text } from "@/api/types";

export interface TargetRow {
  channel: string;
  tier: string | null;
  category: string | null;
  first: number | null;
  next: number | null;
  resolution: number | null;
  warn: number;
  calendar: string;
}
export interface ChainAction {
  kind: "notify" | "queue" | "priority";
  who?: "assignee" | "lead" | "superior" | "person";
  person?: string;
  queue?: string;
}
export interface ChainStep {
  key: string;
  at: "warning" | "breach";
  clock: "any" | "first" | "next" | "resolution";
  afterSeconds: number;
  channels: string[];
  tiers: string[];
  do: ChainAction[];
}
export interface Levels {
  name: Text;
  targets: TargetRow[];
  escalation: ChainStep[];
}
export interface CalendarBody {
  name: Text;
  timeZone: string;
  week: Record<string, [string, string][]>;
  chineseHolidays: boolean;
  exceptions: Record<string, { hours: [string, string][]; note: string }>;
}

export const channels = ["chat", "game", "mail", "forum", "wechat", "phone"];
export const tiers = ["high", "mid", "low", "none"];
export const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
export const kinds = ["first", "next", "resolution"] as const;

export interface Who {
  channel: string;
  tier: string;
  category: string | null;
  /** The category and all it stands below, the nearest first; without it the category alone. */
  way?: string[];
}
export interface Ranked {
  row: TargetRow;
  /** Of the game itself, not of everybody. */
  own: boolean;
}

/** A game's own row before everybody's, then a category, the nearest branch first, then a tier; the lowest decides. */
const orderOf = ({ row, own }: Ranked, way: string[]): number => 1000 * Number(!own) + 2 * (row.category === null ? 400 : way.indexOf(row.category)) + Number(row.tier === null);

/** The rows that fit, the one that decides first. */
export function fitting(rows: Ranked[], who: Who): Ranked[] {
  const way = who.way ?? (who.category === null ? [] : [who.category]);
  return rows
    .filter(({ row }) => row.channel === who.channel && (row.tier === null || row.tier === who.tier) && (row.category === null || way.includes(row.category)))
    .map((one, place) => ({ one, place }))
    .sort((a, b) => orderOf(a.one, way) - orderOf(b.one, way) || a.place - b.place)
    .map(({ one }) => one);
}

/** The rows of a channel with their places in the document, in the order in which they are read: everybody first, then what is more special. */
export function ofChannel(rows: TargetRow[], channel: string): { row: TargetRow; n: number }[] {
  const rank = (row: TargetRow) => (row.category === null ? 0 : 10) + (row.tier === null ? 0 : 1 + tiers.indexOf(row.tier));
  return rows
    .map((row, n) => ({ row, n }))
    .filter(({ row }) => row.channel === channel)
    .sort((a, b) => rank(a.row) - rank(b.row) || a.n - b.n);
}

/** A row that is not there yet: the first tier that has none. */
export function nextRow(rows: TargetRow[], channel: string): TargetRow {
  const here = rows.filter((row) => row.channel === channel && row.category === null);
  const tier = [null, ...tiers].find((one) => !here.some((row) => row.tier === one));
  const like = here.find((row) => row.tier === null) ?? here[0];
  return { channel, tier: tier === undefined ? "high" : tier, category: null, first: like?.first ?? 3600, next: like?.next ?? 3600, resolution: like?.resolution ?? 86_400, warn: like?.warn ?? 0.5, calendar: like?.calendar ?? "always" };
}
