// Languages: zh-CN first, en second. Only the language in use is downloaded.
import { computed, ref } from "vue";
import { createI18n } from "vue-i18n";
import type { Locale, Text } from "@/api/types";
import zh from "@/words/zh-CN";

export const locales: Locale[] = ["zh-CN", "en"];

const stored = localStorage.getItem("playerdesk.locale") as Locale | null;
const preferred: Locale = navigator.language.toLowerCase().startsWith("en") ? "en" : "zh-CN";

export const locale = ref<Locale>("zh-CN");
export const i18n = createI18n({
  legacy: false,
  locale: "zh-CN" as Locale,
  fallbackLocale: "zh-CN",
  messages: { "zh-CN": zh } as unknown as Record<Locale, typeof zh>,
});

// A part of the desk that is downloaded when it is first needed brings its texts along: words/<language>/<part>.ts.
const parts = import.meta.glob<{ default: Record<string, unknown> }>(["@/words/*/*.ts", "!**/{index,desk,pages}.ts"]);
const learnt = new Set<string>();

async function learn(part: string, language: Locale): Promise<void> {
  const found = await parts[`/src/words/${language}/${part}.ts`]?.();
  if (!found) throw new Error(`no words for ${part} in ${language}`);
  i18n.global.mergeLocaleMessage(language, { [part]: found.default });
}

/** Downloads a page or component together with its texts, which stand under the part's name. */
export async function withWords<T>(part: string, load: () => Promise<T>): Promise<T> {
  learnt.add(part);
  const [loaded] = await Promise.all([load(), learn(part, locale.value)]);
  return loaded;
}

/** Switches every text on screen; remembered on this device. */
export async function speak(wanted: Locale): Promise<void> {
  if (wanted === "en") i18n.global.setLocaleMessage("en", (await import("@/words/en")).default);
  await Promise.all([...learnt].map((part) => learn(part, wanted)));
  locale.value = wanted;
  i18n.global.locale.value = wanted;
  document.documentElement.lang = wanted;
  localStorage.setItem("playerdesk.locale", wanted);
}

/** The language of the first screen: the one chosen before, else zh-CN unless the browser speaks English. */
export const firstLocale: Locale = stored && locales.includes(stored) ? stored : preferred;

/** A server-side text pair in the reader's language. */
export const say = (text: Text | null | undefined): string =>
  text ? (locale.value === "en" ? text.en || text.zh : text.zh || text.en) : "";

export const inEnglish = computed(() => locale.value === "en");
