// Short notices at the edge of the screen: what happened, and what to do when something did not.
import { ref } from "vue";
import { Offline, Refused } from "@/api/client";
import { t } from "./words";

export interface Notice {
  id: number;
  tone: "info" | "good" | "warn" | "late";
  title: string;
  /** One thing to do about it. */
  label?: string;
  act?: () => void;
  ms: number;
}
const most = 3;
let last = 0;
export const notices = ref<Notice[]>([]);

/** The words for a problem, in the reader's language; never a code alone. */
export function wordsFor(problem: unknown): string {
  if (problem instanceof Offline) return t("problem.offline");
  if (problem instanceof Refused) {
    const seconds = Number(problem.extra.retryAfterSeconds);
    if (problem.status === 429 && seconds > 0) return t("problem.tooMany", { seconds: Math.ceil(seconds) });
    // A field's words are often the message's own.
    const words = new Set([problem.message, ...Object.values(problem.fields)].filter(Boolean));
    return [...words].join(" ") || t("problem.refused", { code: problem.code });
  }
  return t("problem.unknown");
}

/** Puts a notice up; the returned function takes it away before its time. */
export function notify(notice: Omit<Notice, "id">): () => void {
  const id = (last += 1);
  // The same words again only live longer.
  notices.value = [...notices.value.filter((one) => one.title !== notice.title), { ...notice, id }].slice(-most);
  return () => (notices.value = notices.value.filter((one) => one.id !== id));
}

export const tell = (title: string): (() => void) => notify({ tone: "info", title, ms: 4000 });

/** News with one thing to do about it. */
export const announce = (title: string, label: string, act: () => void, ms = 8000): (() => void) =>
  notify({ tone: "info", title, label, act, ms });

export const complain = (problem: unknown): (() => void) => notify({ tone: "late", title: wordsFor(problem), ms: 7000 });
export const warn = (title: string): (() => void) => notify({ tone: "warn", title, ms: 6000 });

/** Read out by a screen reader, shown to nobody. */
export const spoken = ref("");
export function speakOut(words: string): void {
  spoken.value = spoken.value === words ? `${words}\u00a0` : words;
}
