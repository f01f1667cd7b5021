// A comparison in words: "状态 属于 新建、处理中".
import type { FieldEntry, Text } from "@/api/types";
import { date, money, number } from "@/kit/formats";
import { say, t, te } from "@/kit/words";
import { useDirectory } from "@/staff/directory";
import { toDraft, type Draft, type LeafDraft, type Tree } from "./conditions";
import { keyedName, keyIn } from "./keyed";
import { channelName } from "./naming";

const { personName, queueName, categoryName, brandName } = useDirectory();

export const fieldName = (name: string, label?: Text | null): string =>
  label ? say(label) : te(`views.field.${name}`) ? t(`views.field.${name}`) : name.replace(/^field\./, "");

export const operatorName = (op: string, kind: string): string =>
  te(`views.op.${kind}.${op}`) ? t(`views.op.${kind}.${op}`) : t(`views.op.${op}`);

/** One value, as a person reads it. */
export function valueName(field: FieldEntry | undefined, value: unknown): string {
  const key = keyIn(value);
  if (key !== null) return keyedName(field?.kind ?? "", key);
  if (value !== null && typeof value === "object") {
    const name = Object.keys(value)[0] ?? "";
    return te(`views.value.${name}`) ? t(`views.value.${name}`) : name;
  }
  if (!field) return String(value);
  const id = Number(value);
  if (field.kind === "person") return personName(id);
  if (field.kind === "queue") return queueName(id);
  if (field.kind === "category") return categoryName(id) || `#${id}`;
  if (field.kind === "brand") return brandName(id) || `#${id}`;
  if (field.name === "status") return t(`tickets.status.${String(value)}`);
  if (field.name === "tier") return t(`tickets.tier.${String(value)}`);
  if (field.name === "priority") return t(`tickets.priority.p${id}`);
  if (field.name === "channel") return channelName(String(value));
  // Where the choices are not the desk's own words, their names come with the field.
  const own = field.names?.[String(value)];
  if (own) return typeof own === "string" ? own : say(own);
  if (field.kind === "choice" && te(`views.value.${String(value)}`)) return t(`views.value.${String(value)}`);
  if (field.kind === "money") return money(id, "CNY");
  if (field.kind === "number") return number(id, id % 1 ? 2 : 0);
  if (field.kind === "time") return timeName(String(value));
  return String(value);
}

/** "-3d" → "3 天前", a span "3d" → "3 天", a moment by its date. */
export function timeName(value: string): string {
  const relative = /^(now|today)?(?:([+-])(\d+)([smhdw]))?$/.exec(value);
  if (relative && value) {
    const [, start, sign, count, unit] = relative;
    const from = start === "today" ? t("views.value.today") : "";
    if (!sign) return from || t("views.value.now");
    const span = t(`views.unit.${unit}`, { n: count ?? "" });
    return from ? `${from} ${sign}${span}` : t(sign === "-" ? "views.value.ago" : "views.value.later", { span });
  }
  const span = /^(\d+)([smhdw])$/.exec(value);
  if (span) return t(`views.unit.${span[2]}`, { n: span[1] ?? "" });
  return date(value.length === 10 ? `${value}T00:00:00` : value, value.length === 10 ? "date" : "day");
}

export function leafName(leaf: LeafDraft, field: FieldEntry | undefined): string {
  const name = fieldName(leaf.field, field?.label);
  if (leaf.op === "is_empty") return `${name} ${t(leaf.value ? "views.value.empty" : "views.value.filled")}`;
  if (field?.kind === "bool") return `${name} ${t(leaf.value === (leaf.op === "is") ? "views.value.yes" : "views.value.no")}`;
  const values = (Array.isArray(leaf.value) ? leaf.value : [leaf.value]) as unknown[];
  return `${name} ${operatorName(leaf.op, field?.kind ?? "")} ${values.map((one) => valueName(field, one)).join(leaf.op === "between" ? " – " : t("views.comma"))}`;
}

function draftName(draft: Draft, fields: FieldEntry[], inner: boolean): string {
  if (draft.kind === "leaf") return leafName(draft, fields.find((one) => one.name === draft.field));
  const parts = draft.parts.map((one) => draftName(one, fields, true)).filter(Boolean);
  const text = parts.join(t(draft.any ? "views.or" : "views.and"));
  if (draft.not) return t("views.notAll", { text });
  return inner && parts.length > 1 ? t("views.bracket", { text }) : text;
}
/** A whole condition in one line: "状态 属于 新建 且（优先级 属于 紧急 或 …）"; nothing for one that is always true. */
export const treeName = (tree: Tree, fields: FieldEntry[]): string => draftName(toDraft(tree), fields, false);
