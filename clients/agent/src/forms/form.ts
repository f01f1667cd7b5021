// A form as it is designed: its fields, what kinds there are, and what conditions of it can ask about.
import type { FieldEntry } from "@/api/types";
import { say } from "@/kit/words";
import { leaves, type Field, type Option, type Words } from "../../../forms/rules";

export type { Field, Option, Words };
export interface FormBody {
  name: Words;
  fields?: Field[];
}

export const kinds: { kind: string; icon: string }[] = [
  { kind: "text", icon: "i-lucide-text-cursor-input" },
  { kind: "longtext", icon: "i-lucide-text" },
  { kind: "number", icon: "i-lucide-hash" },
  { kind: "money", icon: "i-lucide-banknote" },
  { kind: "choice", icon: "i-lucide-circle-dot" },
  { kind: "choices", icon: "i-lucide-list-checks" },
  { kind: "tree", icon: "i-lucide-list-tree" },
  { kind: "date", icon: "i-lucide-calendar" },
  { kind: "datetime", icon: "i-lucide-calendar-clock" },
  { kind: "server", icon: "i-lucide-server" },
  { kind: "character", icon: "i-lucide-user-round" },
  { kind: "purchase", icon: "i-lucide-receipt" },
  { kind: "lookup", icon: "i-lucide-search-check" },
  { kind: "file", icon: "i-lucide-paperclip" },
  { kind: "consent", icon: "i-lucide-square-check" },
];
export const iconOf = (kind: string): string => kinds.find((one) => one.kind === kind)?.icon ?? "i-lucide-text-cursor-input";
export const hasOptions = (kind: string): boolean => ["choice", "choices", "tree"].includes(kind);
export const hasRange = (kind: string): boolean => ["text", "longtext", "lookup", "number", "money", "choices", "file", "date", "datetime"].includes(kind);
export const isDay = (kind: string): boolean => kind === "date" || kind === "datetime";

/** "way", "way_2" …: a key nobody has yet. */
export function freeKey(wanted: string, taken: string[]): string {
  for (let n = 1; ; n += 1) {
    const key = n === 1 ? wanted : `${wanted}_${n}`;
    if (!taken.includes(key)) return key;
  }
}

export function freshField(kind: string, label: Words, taken: string[]): Field {
  const field: Field = { key: freeKey(kind === "choices" ? "several" : kind, taken), kind, label };
  if (hasOptions(kind)) field.options = [{ key: "a", name: { zh: "选项一", en: "First" } }, { key: "b", name: { zh: "选项二", en: "Second" } }];
  if (kind === "lookup") field.lookup = "match";
  if (kind === "consent") field.required = true;
  return field;
}

const conditionKinds: Record<string, string> = {
  number: "number", money: "money", choice: "choice", tree: "choice", choices: "tags", file: "tags", date: "time", datetime: "time", consent: "bool",
};
const equal = ["is", "is_not", "in", "not_in"];
const operators: Record<string, string[]> = {
  text: [...equal, "contains", "not_contains", "is_empty"],
  number: [...equal, "less", "more", "at_least", "at_most", "between", "is_empty"],
  money: [...equal, "less", "more", "at_least", "at_most", "between", "is_empty"],
  choice: [...equal, "is_empty"],
  tags: ["has_any", "has_all", "has_none", "is_empty"],
  time: ["before", "after", "between", "is_empty"],
  bool: ["is"],
};

/** The names of choices come along, for there is no directory of them. */
export type NamedEntry = FieldEntry & { names?: Record<string, string> };

/** What a condition of one field may ask about: the others, and for a player's field only what she sees. */
export function askable(fields: Field[], field: Field): NamedEntry[] {
  return fields
    .filter((one) => one.key !== field.key && (field.audience === "agent" || one.audience !== "agent"))
    .map((one) => {
      const kind = conditionKinds[one.kind] ?? "text";
      const ends = leaves(one.options);
      return {
        name: one.key, kind, label: { zh: one.label.zh, en: one.label.en }, operators: operators[kind] ?? equal,
        choices: hasOptions(one.kind) ? ends.map((option) => option.key) : null,
        names: Object.fromEntries(ends.map((option) => [option.key, say(option.name)])),
      };
    });
}

/** "fields.2.options.0.name" as people call it. */
/** A thing in a list by its number from 1; one with a key by that. */
const numbered = (part: string): string => (/^\d+$/.test(part) ? `#${Number(part) + 1}` : part);

export function placeName(path: string[], fields: Field[] | undefined, word: (name: string) => string): string {
  if (path[0] !== "fields" || path[1] === undefined) return word(path[0] ?? "");
  const field = fields?.[Number(path[1])] ?? fields?.find((one) => one.key === path[1]);
  const name = field ? say(field.label) || field.key : numbered(path[1]);
  return [name, ...(path[2] ? [word(path[2])] : []), ...(path[2] === "options" && path[3] ? [numbered(path[3])] : [])].join(" › ");
}
