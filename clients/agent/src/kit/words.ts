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

/** Switches every text on screen; remembered on this device. */
export async function speak(wanted: Locale): Promise<void> {
  if (wanted === "en") i18n.global.setLocaleMessage("en", (await import("@/words/en")).default);
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
