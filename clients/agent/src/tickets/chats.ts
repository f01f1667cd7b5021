// The signed-in agent's live chats, in the order in which they came: a tab stays where it is.
import { computed, type ComputedRef } from "vue";
import type { TicketRow } from "@/api/types";
import { useList } from "./lists";
import type { Deadline } from "./deadline";
import { viewOf } from "./views";

export function useChats(): ComputedRef<TicketRow[]> {
  const { rows } = useList(viewOf("person-chats"));
  return computed(() => [...rows.value].sort((a, b) => a.id - b.id));
}

const ms = (iso: string | null) => (iso === null ? null : Date.parse(iso));

/** What an answer in this ticket is promised by; a deadline of days for the solution is no ring. */
export const answerDue = (row: TicketRow): Deadline => ({
  due: row.dueKind === "resolution" ? null : ms(row.dueAt),
  warn: ms(row.warnAt),
  since: ms(row.waitingSince ?? row.createdAt),
});

/** The chat beside the open one, round and round; null when there is none. */
export function beside(chats: { id: number }[], open: number | null, by: number): number | null {
  if (!chats.length) return null;
  const at = chats.findIndex((one) => one.id === open);
  if (at < 0) return chats[by > 0 ? 0 : chats.length - 1]?.id ?? null;
  return chats[(at + by + chats.length) % chats.length]?.id ?? null;
}

/** Which chats stand side by side: the open one comes in, the one that was looked at longest ago goes. */
export function arrange(shown: number[], chats: number[], open: number, columns: number, used: number[]): number[] {
  let next = shown;
  if (!shown.includes(open)) {
    if (shown.length < columns) next = [...shown, open];
    else {
      const [oldest] = [...shown].sort((a, b) => used.lastIndexOf(a) - used.lastIndexOf(b));
      next = shown.map((id) => (id === oldest ? open : id));
    }
  }
  // Free columns are filled with chats that nobody looks at.
  for (const id of chats) if (next.length < columns && !next.includes(id)) next = [...next, id];
  while (next.length > columns) next = next.filter((id, at) => id === open || at !== next.findIndex((one) => one !== open));
  return next;
}
