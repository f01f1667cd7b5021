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
