// Which rows are selected: some, or everything in the list but for some.
import { computed, reactive, type Ref } from "vue";
import type { Id, TicketRow } from "@/api/types";

export function useSelection(rows: Ref<TicketRow[]>) {
  const state = reactive({ whole: false, ids: new Set<Id>(), last: null as Id | null });
  const has = (id: Id): boolean => state.ids.has(id) !== state.whole;

  function toggle(id: Id): void {
    if (!state.ids.delete(id)) state.ids.add(id);
    state.last = id;
  }
  /** Everything from the row selected last to this one. */
  function reach(id: Id): void {
    const from = rows.value.findIndex((row) => row.id === state.last);
    const to = rows.value.findIndex((row) => row.id === id);
    if (from < 0 || to < 0) return toggle(id);
    for (const row of rows.value.slice(Math.min(from, to), Math.max(from, to) + 1)) if (!has(row.id)) toggle(row.id);
    state.last = id;
  }
  function clear(): void {
    state.ids.clear();
    [state.whole, state.last] = [false, null];
  }
  function all(): void {
    state.ids.clear();
    state.whole = true;
  }
  const any = computed(() => state.whole || state.ids.size > 0);
  return { state, has, toggle, reach, clear, all, any };
}
export type Selection = ReturnType<typeof useSelection>;
