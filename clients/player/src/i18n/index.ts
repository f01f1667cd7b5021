/** All words of the widget: one dictionary a language, chosen by the token or the game; only that one is loaded. */
import type { Language, Text } from "../types";
import type zh from "./zh.json";

export type Key = keyof typeof zh;
type Words = Record<Key, string>;

const load: Record<Language, () => Promise<{ default: Words }>> = {
  zh: () => import("./zh.json"),
  en: () => import("./en.json"),
};
let current: Language = "zh";
let words = {} as Words;

export function language(): Language {
  return current;
}

export async function setLanguage(tag: string | null | undefined): Promise<void> {
  if (!tag) return;
  const wanted = /^zh/i.test(tag) ? "zh" : "en";
  if (wanted === current && words.back) return;
  words = (await load[wanted]()).default;
  current = wanted;
  document.documentElement.lang = current === "zh" ? "zh-CN" : "en";
}

export function t(key: Key, values?: Record<string, string | number>): string {
  const text = words[key] ?? "";
  return values ? text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? "")) : text;
}

/** A text the server sends in both languages. */
export function pick(text: Text | undefined | null): string {
  return text ? text[current] || text.zh || text.en || "" : "";
}

/** A word that exists only for some keys, such as notices the server may add later. */
export function maybe(key: string, values?: Record<string, string | number>): string | null {
  return key in words ? t(key as Key, values) : null;
}
