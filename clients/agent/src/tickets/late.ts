// The signed-in agent's tickets whose player waits longer than promised, the oldest first.
import { computed, type ComputedRef } from "vue";
import type { TicketRow } from "@/api/types";
import { now } from "@/live/clock";
import { useList } from "./lists";
import { viewOf } from "./views";

export function useLate(): ComputedRef<TicketRow[]> {
  const { rows } = useList(viewOf("mine"));
  return computed(() =>
    rows.value
      .filter((row) => row.dueAt !== null && row.dueKind !== "resolution" && Date.parse(row.dueAt) <= now.value)
      .sort((a, b) => ((a.dueAt as string) < (b.dueAt as string) ? -1 : 1)),
  );
}
