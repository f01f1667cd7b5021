// What a value of a document is called where people compare versions: things by their names, fixed words in their words.
import { locale, t, te } from "@/kit/words";
import { saySpan } from "@/levels/spans";
import { keyedName } from "@/tickets/keyed";

/** The thing a key names, by the place it stands at. */
const things: Record<string, string> = { queue: "queue", category: "category", parent: "category", brand: "brand", person: "person", people: "person" };
const spoken: Record<string, (value: string) => string> = {
  tier: (value) => `tickets.tier.${value}`, tiers: (value) => `tickets.tier.${value}`,
  channel: (value) => `tickets.channel.${value}`, channels: (value) => `tickets.channel.${value}`,
  status: (value) => `tickets.status.${value}`, priority: (value) => `tickets.priority.p${value}`,
};
const spans = new Set(["first", "next", "resolution", "afterSeconds", "headStartSeconds"]);

export function valueName(path: string[], value: unknown): string {
  if (typeof value === "boolean") return t(value ? "views.value.yes" : "views.value.no");
  const place = path.findLast((part) => !/^\d+$/.test(part)) ?? "";
  // In hours and smaller: of what calendar a day would be is said elsewhere.
  if (typeof value === "number" && spans.has(place)) return saySpan(value, 0, locale.value);
  const word = spoken[place]?.(String(value));
  if (word && te(word)) return t(word);
  return typeof value === "string" && things[place] ? keyedName(things[place], value) : String(value);
}
