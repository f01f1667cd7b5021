/** Times and waits in the player's words. */
import { language, pick, t } from "./i18n";
import type { Shut } from "./types";

function format(iso: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(language() === "zh" ? "zh-CN" : "en-GB", options).format(new Date(iso));
}

export function clock(iso: string): string {
  return format(iso, { hour: "2-digit", minute: "2-digit", hour12: false });
}

/** "today" and "yesterday" by the player's own midnight. */
export function day(iso: string): string {
  const midnight = (date: Date): number => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const days = Math.round((midnight(new Date()) - midnight(new Date(iso))) / 86_400_000);
  if (days === 0) return t("today");
  if (days === 1) return t("yesterday");
  return format(iso, { month: "short", day: "numeric" });
}

export function moment(iso: string): string {
  const seconds = (Date.now() - Date.parse(iso)) / 1000;
  if (seconds >= 0 && seconds < 60) return t("justNow");
  if (seconds >= 0 && seconds < 3600) return t("minutesAgo", { n: Math.floor(seconds / 60) });
  const named = day(iso);
  return named === t("today") ? clock(iso) : seconds > 0 && seconds < 172_800 ? `${named} ${clock(iso)}` : named;
}

/** For times to come: "today 16:30". */
export function future(iso: string): string {
  return day(iso) === t("today") ? clock(iso) : `${format(iso, { month: "short", day: "numeric" })} ${clock(iso)}`;
}

export function wait(seconds: number | null): string {
  if (seconds === null) return t("waitUnknown");
  if (seconds < 60) return t("waitUnderMinute");
  return t("waitMinutes", { n: Math.ceil(seconds / 60) });
}

/** A closed door in the desk's words, and when it opens again. */
export function shutText(shut: Shut): string {
  return pick(shut.text) + (shut.opensAt ? " " + t("opensAt", { when: future(shut.opensAt) }) : "");
}
