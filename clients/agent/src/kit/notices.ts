// Short notices at the edge of the screen: what happened, and what to do when something did not.
import { useToast } from "@nuxt/ui/composables";
import { Offline, Refused } from "@/api/client";
import { i18n } from "./words";

/** The words for a problem, in the reader's language; never a code alone. */
export function wordsFor(problem: unknown): string {
  const { t } = i18n.global;
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

let toaster: ReturnType<typeof useToast> | null = null;

/** Called once by the root component, which owns the place where notices appear. */
export function openNotices(): void {
  toaster = useToast();
}

export function tell(title: string): void {
  toaster?.add({ title, icon: "i-lucide-info", color: "neutral", duration: 4000 });
}

/** News with one thing to do about it. */
export function announce(title: string, label: string, act: () => void): void {
  toaster?.add({ title, icon: "i-lucide-messages-square", color: "primary", duration: 8000, actions: [{ label, onClick: act }] });
}

export function complain(problem: unknown): void {
  toaster?.add({ title: wordsFor(problem), icon: "i-lucide-circle-alert", color: "error", duration: 7000 });
}

export function warn(title: string): void {
  toaster?.add({ title, icon: "i-lucide-triangle-alert", color: "warning", duration: 6000 });
}
