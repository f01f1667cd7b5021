/** Where a game may send the player: "home", "tickets", "chat", "ticket:77", "form:recharge". */
import type { Screen } from "./store";

export function target(wanted: unknown): Screen {
  const [name, value = ""] = String(wanted ?? "home").split(":");
  if (name === "ticket" && Number(value)) return { name, id: Number(value) };
  if (name === "form" && value) return { name, category: value };
  if (name === "chat" || name === "tickets") return { name };
  return { name: "home" };
}
