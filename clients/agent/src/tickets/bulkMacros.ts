// Which macros many tickets can take at once: those that only do things. What one says to a player is read before it is sent.
import type { Macro } from "@/api/types";

export interface Chosen {
  assignee: string;
  queue: string;
  category: string;
  priority: string;
  status: string;
  solution: string;
}
const statuses = ["open", "pending", "hold"];

/** What a macro comes to as a bulk change; null when it says or notes something, does one thing twice, or is one game's alone. */
export function asBulk(macro: Macro, me: number): Partial<Chosen> | null {
  if (macro.body.trim() || !macro.actions.length || macro.brandId !== null) return null;
  const made: Partial<Chosen> = {};
  for (const { do: doing, to, text } of macro.actions) {
    if (doing === "note" || (doing === "status" && !statuses.includes(String(to)))) return null;
    const name = doing === "assign" ? "assignee" : doing === "resolve" ? "solution" : doing;
    const value = doing === "resolve" ? (text ?? "") : doing === "assign" ? String(Number(to) || me) : String(to);
    if (!value || name in made) return null;
    made[name] = value;
  }
  return made;
}
