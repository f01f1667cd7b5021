// How a player likes to be talked to, as one line.
import type { PlayerPreferences } from "@/api/types";
import { t, te } from "@/kit/words";

export const tones = ["formal", "warm", "brief", "playful"] as const;
export const toneWord = (tone: string): string => (te(`card.tone.${tone}`) ? t(`card.tone.${tone}`) : tone);

export function mannerParts(one: PlayerPreferences): string[] {
  return [
    one.callMe && t("card.callMeLine", { name: one.callMe }),
    one.language && (te(`card.languages.${one.language}`) ? t(`card.languages.${one.language}`) : one.language),
    one.tone && toneWord(one.tone),
    one.noGo.length ? t("card.noGoLine", { topics: one.noGo.join(t("card.and")) }) : "",
    one.bestTime && t("card.bestTimeLine", { time: one.bestTime }),
  ].filter((part): part is string => Boolean(part));
}
