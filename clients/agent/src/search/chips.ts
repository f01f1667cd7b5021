// What narrows a search, as typed: "status:open", "状态：处理中". Chips become a tree of the condition language.
import type { Id } from "@/api/types";

export type ChipField =
  | "status" | "tier" | "channel" | "priority" | "category" | "assignee" | "queue" | "brand" | "player" | "from" | "to" | "has";

export interface Chip {
  field: ChipField;
  value: string;
  /** Said instead of the value, where the value is a number. */
  label?: string;
}
export interface Choice {
  value: string;
  label: string;
  words?: string;
}

export const fields: ChipField[] = ["status", "tier", "assignee", "queue", "category", "channel", "priority", "brand", "from", "to", "has"];

// Each field by its name in both languages, so that a habit need not be unlearnt.
const names: Record<string, ChipField> = {
  status: "status", 状态: "status", tier: "tier", 等级: "tier", vip: "tier", channel: "channel", 渠道: "channel",
  priority: "priority", 优先级: "priority", category: "category", 分类: "category", assignee: "assignee", 负责人: "assignee", 客服: "assignee",
  queue: "queue", 队列: "queue", brand: "brand", 游戏: "brand", player: "player", 玩家: "player",
  from: "from", 从: "from", 开始: "from", to: "to", 到: "to", 截止: "to", has: "has", 包含: "has",
};

/** The chip that is being typed at the end of a text: its field, what stands behind the colon, and the text before it. */
export function typedChip(text: string): { field: ChipField; typed: string; before: string } | null {
  const found = /(^|\s)([^\s:：]+)[:：]([^\s]*)$/.exec(text);
  const field = found && names[found[2]!.toLowerCase()];
  return found && field && field !== "player" ? { field, typed: found[3]!, before: text.slice(0, found.index + found[1]!.length) } : null;
}

/** A day as people write one: 2026-11-22, 2026/11/2, 11-22; null for anything else. */
export function dayOf(typed: string, thisYear: number): string | null {
  const found = /^(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?$/.exec(typed);
  if (!found) return null;
  const [year, month, day] = [Number(found[1] ?? thisYear), Number(found[2]), Number(found[3])];
  const at = new Date(Date.UTC(year, month - 1, day));
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? at.toISOString().slice(0, 10) : null;
}

const dayAfter = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

const numeric: ChipField[] = ["priority", "category", "assignee", "queue", "brand"];

function leaf(field: ChipField, values: string[]): unknown {
  if (field === "from") return { field: "created", after: values.sort().at(-1) };
  if (field === "to") return { field: "created", before: dayAfter(values.sort()[0]!) };
  if (field !== "assignee") return { field, in: numeric.includes(field) ? values.map(Number) : values };
  const people = values.filter((value) => value !== "none").map((value) => (value === "me" ? { me: true } : Number(value)));
  if (!values.includes("none")) return { field, in: people };
  const nobody = { field, is_empty: true };
  return people.length ? { any: [{ field, in: people }, nobody] } : nobody;
}

export interface Narrowed {
  condition: unknown;
  attachments: boolean;
  player: Id | null;
}

/** Chips of one field are alternatives; different fields must all be true. */
export function narrowed(chips: Chip[]): Narrowed {
  const by = new Map<ChipField, string[]>();
  for (const chip of chips) by.set(chip.field, [...(by.get(chip.field) ?? []), chip.value]);
  const leaves = [...by].filter(([field]) => field !== "has" && field !== "player").map(([field, values]) => leaf(field, values));
  const player = by.get("player")?.at(-1);
  return { condition: leaves.length ? { all: leaves } : null, attachments: by.has("has"), player: player ? Number(player) : null };
}

/** As in the address: `f=status:open`. */
export const written = (chip: Chip): string => [chip.field, chip.value, ...(chip.label ? [chip.label] : [])].join(":");

export function readChip(text: string): Chip | null {
  const [field, value, ...label] = text.split(":");
  if (!value || !(fields as string[]).concat("player").includes(field ?? "")) return null;
  if ((numeric as string[]).includes(field!) && !/^(\d{1,15}|me|none)$/.test(value)) return null;
  if ((field === "from" || field === "to") && dayOf(value, 2000) !== value) return null;
  if (field === "player" && !/^\d{1,15}$/.test(value)) return null;
  return { field: field as ChipField, value, label: label.join(":") || undefined };
}
