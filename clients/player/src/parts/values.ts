/** What stands in the inputs of a form, what the desk keeps of it, and what is wrong with it in words. */
import { Showing, wrong, type Field, type Values, type Wrong } from "../../../forms/rules";
import { pick, t, type Key } from "../i18n";
import type { FileInfo } from "../types";

/** A text, a tick, several choices, or files. */
export type Raw = string | boolean | string[] | FileInfo[];
export type Raws = Record<string, Raw>;

/** People type ￥648 or 1,288.00 元. */
const money = (value: string): string => value.replace(/[\s,，¥￥元$]/g, "");

export function empty(raw: Raw | undefined): boolean {
  return !raw || (typeof raw === "string" ? !raw.trim() : Array.isArray(raw) && !raw.length);
}

/** The value as the desk keeps it; undefined when there is none, or none that can be read. */
export function kept(field: Field, raw: Raw | undefined): unknown {
  if (empty(raw)) return undefined;
  if (field.kind === "file") return (raw as FileInfo[]).map((file) => file.id);
  if (typeof raw !== "string") return raw;
  const text = raw.trim();
  switch (field.kind) {
    case "number":
      return Number.isFinite(Number(text)) ? Number(text) : undefined;
    case "money":
      return /^\d{1,9}(\.\d{1,2})?$/.test(money(text)) ? Math.round(Number(money(text)) * 100) : undefined;
    case "datetime":
      return Number.isNaN(Date.parse(text)) ? undefined : new Date(text).toISOString();
    default:
      return text;
  }
}

export function keptAll(fields: Field[], raws: Raws): Values {
  return Object.fromEntries(fields.map((field) => [field.key, kept(field, raws[field.key])]));
}

const UNREADABLE: Record<string, Key> = { number: "errNumber", money: "errMoney", datetime: "errTime" };
const WRONG: Record<Wrong["what"], Key> = {
  short: "errShort", long: "errLong", pattern: "errPattern", small: "errSmall", large: "errLarge", few: "errFew", many: "errMany",
  early: "errEarly", late: "errLate",
};

/** What is wrong with a field, in words for the one who filled it; empty when nothing is. */
export function fieldProblem(field: Field, raw: Raw | undefined, showing: Showing): string {
  const label = pick(field.label);
  if (empty(raw)) {
    if (!showing.needed(field)) return "";
    return field.kind === "consent" ? t("errConsent") : t(field.options || field.kind === "file" ? "errChoose" : "errFill", { label });
  }
  const value = kept(field, raw);
  if (value === undefined) return pick(field.message) || t(UNREADABLE[field.kind] ?? "errFill", { label });
  const found = wrong(field, value);
  return found ? pick(field.message) || t(WRONG[found.what], { n: found.bound }) : "";
}

/** The way back, for what the game knows and for defaults: a time input wants the player's own clock, without a zone. */
export function shownText(field: Field, known: unknown): Raw {
  if (Array.isArray(known) || typeof known === "boolean") return known as Raw;
  const text = String(known);
  if (field.kind !== "datetime" && field.kind !== "date") return text;
  const at = text === "today" || text === "now" ? new Date() : new Date(text);
  if (Number.isNaN(+at)) return "";
  return new Date(+at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, field.kind === "date" ? 10 : 16);
}

export function defaultOf(field: Field): Raw | undefined {
  if (field.default === undefined || field.default === null) return undefined;
  return field.kind === "money" ? String(Number(field.default) / 100) : shownText(field, field.default);
}
