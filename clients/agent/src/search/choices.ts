// The values a chip can have, and how chips are called on screen.
import { i18n, say } from "@/kit/words";
import { useDirectory } from "@/staff/directory";
import { channelName } from "@/tickets/naming";
import { dayOf, fields, type Chip, type ChipField, type Choice } from "./chips";

const t = i18n.global.t;
const { directory, people, queues, categories, categoryName, personName, queueName, brandName } = useDirectory();

const fixed: Partial<Record<ChipField, string[]>> = {
  status: ["new", "open", "pending", "hold", "resolved", "closed"],
  tier: ["high", "mid", "low", "none"],
  channel: ["game", "chat", "mail"],
  priority: ["0", "1", "2", "3"],
};

function nameOf(field: ChipField, value: string): string {
  if (field === "status" || field === "tier") return t(`tickets.${field}.${value}`);
  if (field === "priority") return t(`tickets.priority.p${value}`);
  if (field === "channel") return channelName(value);
  if (value === "me") return t("list.you");
  if (value === "none") return t("list.nobody");
  if (field === "has") return t("search.attachment");
  const id = Number(value);
  if (field === "assignee") return personName(id);
  if (field === "queue") return queueName(id);
  if (field === "category") return categoryName(id) || `#${id}`;
  return field === "brand" ? brandName(id) || `#${id}` : value;
}

export const fieldName = (field: ChipField): string => t(`search.field.${field}`);
export const chipText = (chip: Chip): string => `${fieldName(chip.field)}：${chip.label ?? nameOf(chip.field, chip.value)}`;

const named = (field: ChipField, values: (string | number)[]): Choice[] =>
  values.map((value) => ({ value: String(value), label: nameOf(field, String(value)), words: String(value) }));

/** Every value of a field. */
function all(field: ChipField): Choice[] {
  if (fixed[field]) return named(field, fixed[field]);
  if (field === "assignee") {
    return [...named(field, ["me", "none"]), ...[...people.value.values()].map((one) => ({ value: String(one.id), label: one.name }))];
  }
  if (field === "queue") return named(field, [...queues.value.keys()]);
  if (field === "category") return named(field, [...categories.value.keys()]);
  if (field === "brand") return (directory.value?.brands ?? []).map((one) => ({ value: String(one.id), label: say(one.name) }));
  return field === "has" ? named(field, ["attachment"]) : [];
}

/** The values that fit what stands behind the colon. */
export function choicesOf(field: ChipField, typed: string): Choice[] {
  if (field === "from" || field === "to") {
    const now = new Date();
    const day = dayOf(typed, now.getFullYear());
    const ago = (days: number) => new Date(now.getTime() - days * 86_400_000 - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
    const usual = [0, 1, 7, 30].map((days) => ({ value: ago(days), label: `${ago(days)} · ${t(`search.ago.${days}`)}` }));
    return day ? [{ value: day, label: day }] : usual.filter((one) => one.value.includes(typed));
  }
  const wanted = typed.toLowerCase();
  return all(field).filter((one) => `${one.label} ${one.words ?? ""}`.toLowerCase().includes(wanted)).slice(0, 40);
}

export const fieldChoices = (typed: string): Choice[] =>
  fields.map((field) => ({ value: field, label: fieldName(field) })).filter((one) => `${one.label} ${one.value}`.toLowerCase().includes(typed.toLowerCase()));

/** Categories called like what stands in the box: "充值" need not be said in any ticket to find those about it. */
export function categoriesLike(text: string): Choice[] {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const named = (id: number) => categoryName(id).toLowerCase();
  const found = [...categories.value.values()].filter((one) => `${one.name.zh} ${one.name.en}`.toLowerCase().includes(wanted) || named(one.id).includes(wanted));
  // The name itself before the way to it: "充值" is asked for, not everything under it.
  const own = (one: (typeof found)[number]) => (say(one.name).toLowerCase().includes(wanted) ? 0 : 1);
  return found.sort((a, b) => own(a) - own(b) || a.id - b.id).slice(0, 5).map((one): Choice => ({ value: String(one.id), label: categoryName(one.id) }));
}
