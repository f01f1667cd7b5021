// Languages: zh-CN first, en second. Only the language in use is downloaded.
import { computed, ref, shallowReactive, type App } from "vue";
import type { Locale, Text } from "@/api/types";
import zh from "@/words/zh-CN";

type Tree = { [key: string]: string | Tree };
type Values = Record<string, unknown>;

export const locales: Locale[] = ["zh-CN", "en"];
export const localeNames: Record<Locale, string> = { "zh-CN": "简体中文", en: "English" };

const stored = localStorage.getItem("playerdesk.locale") as Locale | null;
const preferred: Locale = navigator.language.toLowerCase().startsWith("en") ? "en" : "zh-CN";

export const locale = ref<Locale>("zh-CN");
const known = shallowReactive<Record<Locale, Tree>>({ "zh-CN": zh as unknown as Tree, en: {} });

function find(key: string, language: Locale): string | undefined {
  let at: string | Tree | undefined = known[language];
  for (const part of key.split(".")) at = typeof at === "object" ? at[part] : undefined;
  return typeof at === "string" ? at : undefined;
}

// What a company calls by names of its own, such as its tiers.
const own = shallowReactive(new Map<string, Text>());
export const callIt = (key: string, name: Text): void => void own.set(key, name);

/** The text under a key in the language in use, its {placeholders} filled in; the key itself when there is none.
    "{n} player¦{n} players": what stands before the bar is said of one. */
export function t(key: string, values?: Values): string {
  const named = own.get(key);
  const found = (named && say(named)) || (find(key, locale.value) ?? find(key, "zh-CN") ?? key);
  const [one, many] = found.split("¦");
  const text = many === undefined || Number(values?.n) === 1 ? one! : many;
  return values ? text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? "")) : text;
}

/** Whether there is a text under a key. */
export const te = (key: string): boolean => find(key, locale.value) !== undefined;

/** `$t` in every template. */
export const i18n = { global: { t }, install: (app: App): void => void (app.config.globalProperties.$t = t) };
export const useI18n = (): { t: typeof t; te: typeof te } => ({ t, te });

declare module "vue" {
  interface ComponentCustomProperties {
    $t: (key: string, values?: Values) => string;
  }
}

// A part of the desk that is downloaded when it is first needed brings its texts along: words/<language>/<part>.ts.
const parts = import.meta.glob<{ default: Tree }>(["@/words/*/*.ts", "!**/{index,desk,pages}.ts"]);
const learnt = new Set<string>();

async function learn(part: string, language: Locale): Promise<void> {
  const found = await parts[`/src/words/${language}/${part}.ts`]?.();
  if (!found) throw new Error(`no words for ${part} in ${language}`);
  known[language] = { ...known[language], [part]: found.default };
}

/** Downloads a page or component together with its texts, which stand under the part's name. */
export async function withWords<T>(part: string, load: () => Promise<T>): Promise<T> {
  learnt.add(part);
  const [loaded] = await Promise.all([load(), learn(part, locale.value)]);
  return loaded;
}

/** Switches every text on screen; remembered on this device. */
export async function speak(wanted: Locale): Promise<void> {
  if (wanted === "en") known.en = { ...known.en, ...((await import("@/words/en")).default as unknown as Tree) };
  await Promise.all([...learnt].map((part) => learn(part, wanted)));
  locale.value = wanted;
  document.documentElement.lang = wanted;
  localStorage.setItem("playerdesk.locale", wanted);
}

/** The language of the first screen: the one chosen before, else zh-CN unless the browser speaks English. */
export const firstLocale: Locale = stored && locales.includes(stored) ? stored : preferred;

/** A server-side text pair in the reader's language. */
export const say = (text: Text | null | undefined): string =>
  text ? (locale.value === "en" ? text.en || text.zh : text.zh || text.en) : "";

export const inEnglish = computed(() => locale.value === "en");
