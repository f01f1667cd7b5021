// What stands for what in a snippet: {{player.name}}, or {{server|您的服务器}} with words for when it is unknown.
import type { TicketRow } from "@/api/types";
import { date } from "@/kit/formats";
import { useDirectory } from "@/staff/directory";
import { me } from "@/staff/session";

export const variables = [
  "player.name", "character", "server", "ticket.number", "ticket.title", "category", "brand", "agent.name", "due", "today",
] as const;
export type Variable = (typeof variables)[number];

const written = /\{\{\s*([\w.]+)\s*(?:\|([^{}]*))?\}\}/g;

export function valuesOf(row: TicketRow): Record<Variable, string> {
  const { categoryName, brandName } = useDirectory();
  return {
    "player.name": row.playerName,
    character: row.characterName ?? row.playerName,
    server: row.serverName ?? "",
    "ticket.number": `#${row.id}`,
    "ticket.title": row.subject,
    category: categoryName(row.categoryId),
    brand: brandName(row.brandId),
    "agent.name": me.value?.name ?? "",
    due: row.dueAt ? date(row.dueAt, "day") : "",
    today: date(new Date().toISOString(), "date"),
  };
}

/** The text with what is known filled in; what is not stays as it was written. */
export function filled(text: string, values: Record<string, string>): string {
  return text.replace(written, (whole, name: string, otherwise?: string) => values[name] || (otherwise ?? whole));
}

/** Variables nobody has filled in: such a text is not fit for a player. */
export const unfilled = (text: string): string[] => [...new Set([...text.matchAll(written)].map((one) => one[1] as string))];
