// What a place of these documents is called, for problems and comparisons.
import { t, te } from "@/kit/words";

/** "targets.2.first" → 第 3 行 · 首次响应. */
export function nameOf(path: string[]): string {
  return path
    .map((part, n) => (/^\d+$/.test(part) ? t(path[n - 1] === "escalation" ? "levels.place.step" : path[n - 1] === "do" ? "levels.place.action" : "levels.place.row", { n: Number(part) + 1 }) : te(`levels.place.${part}`) ? t(`levels.place.${part}`) : part))
    .filter(Boolean)
    .join(" · ");
}
