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
let asked: Language | undefined;
let loading = Promise.resolve();
let preferred = "";

export function language(): Language {
  return current;
}

/** The game's own choice; it goes before the one in the token. */
export function preferLanguage(tag: unknown): void {
  if (tag) preferred = String(tag);
}

export function setLanguage(tag: string): Promise<void> {
  const wanted = /^zh/i.test(preferred || tag) ? "zh" : "en";
  if (wanted === asked) return loading;
  asked = wanted;
  loading = load[wanted]().then(
    (loaded) => {
      if (asked !== wanted) return;
      words = loaded.default;
      current = wanted;
      document.documentElement.lang = wanted === "zh" ? "zh-CN" : "en";
    },
    // Without words there is nothing to say; the network may be back in a moment.
    () => void setTimeout(() => location.reload(), 3000),
  );
  return loading;
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
