// The lists of tickets and their counters, read in pages and kept fresh by the live feed.
import { useInfiniteQuery, useQuery, type QueryKey } from "@tanstack/vue-query";
import { computed, toValue, type MaybeRefOrGetter } from "vue";
import { cache } from "@/api/cache";
import { api, query } from "@/api/client";
import type { Counters, Id, TicketPage, TicketRow } from "@/api/types";
import { me } from "@/staff/session";
import { place, type Pages } from "./placing";
import { asked, viewOf, type View } from "./views";

const pageSize = 50;
// A safety net against drift, not the way rows arrive.
const driftMs = 60_000;

const listKey = (view: View): QueryKey => ["tickets", view.key, view.filter];

export function useList(view: MaybeRefOrGetter<View>) {
  const list = useInfiniteQuery({
    queryKey: computed(() => listKey(toValue(view))),
    queryFn: ({ pageParam }) =>
      api.get<TicketPage>(`/tickets${query({ ...asked(toValue(view)), limit: pageSize, after: pageParam })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (page: TicketPage) => page.next,
    refetchInterval: (running) => ((running.state.data?.pages.length ?? 0) > 1 ? false : driftMs),
  });
  const rows = computed(() => {
    const seen = new Set<Id>();
    // A row may move to a later page between two fetches: shown once.
    return (list.data.value?.pages ?? []).flatMap((page) => page.rows).filter((row) => !seen.has(row.id) && seen.add(row.id));
  });
  return { list, rows };
}

export function useCounters() {
  return useQuery({ queryKey: ["counters"], queryFn: () => api.get<Counters>("/counters"), refetchInterval: driftMs }).data;
}

/** Applies fresh rows to every list on screen and to the open ticket's head. */
export function applyRows(rows: TicketRow[]): void {
  const mine = me.value?.id ?? 0;
  for (const [key, data] of cache.getQueriesData<Pages>({ queryKey: ["tickets"] })) {
    if (!data) continue;
    const view = viewOf(String(key[1]), key[2] as Record<string, unknown>);
    const fresh = rows.reduce((pages, row) => place(pages, view, row, mine), data);
    if (fresh !== data) cache.setQueryData(key, fresh);
  }
  for (const row of rows) {
    cache.setQueryData<{ ticket: TicketRow }>(["ticket", row.id], (open) =>
      open && open.ticket.updatedAt <= row.updatedAt ? { ...open, ticket: { ...open.ticket, ...row } } : open,
    );
  }
}

/** The freshest known row of a ticket, wherever it is shown. */
export function knownRow(id: Id): TicketRow | undefined {
  for (const [, data] of cache.getQueriesData<Pages>({ queryKey: ["tickets"] })) {
    const row = data?.pages.flatMap((page) => page.rows).find((one) => one.id === id);
    if (row) return row;
  }
  return undefined;
}
