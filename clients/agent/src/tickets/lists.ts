// The lists of tickets and their counters, read in pages and kept fresh by the live feed.
import { useInfiniteQuery, useQuery, type QueryKey } from "@tanstack/vue-query";
import { computed, toValue, type MaybeRefOrGetter } from "vue";
import { cache } from "@/api/cache";
import { api, query } from "@/api/client";
import type { Counters, Id, TicketPage, TicketRow } from "@/api/types";
import { me } from "@/staff/session";
import { known, place, without, type Mark, type Pages } from "./placing";
import { savedView } from "./saved";
import { asked, onlyServerTells, viewOf, type View } from "./views";

// Whoever scrolls far gets larger pages.
const pageSize = (place: number): number => (place < 4 ? 50 : place < 20 ? 200 : 500);
// A safety net against drift, not the way rows arrive.
const driftMs = 60_000;

const listKey = (view: View): QueryKey => ["tickets", view.key, view.filter];

/** A page; of a grouped list, with the group all of its rows are in. */
export interface ListedPage extends TicketPage {
  group?: { value: string | number | null; count: number | null };
}
interface Group {
  value: string | number | null;
  count: number | null;
}

async function fetchPage(view: View, { mark, place: at }: Mark): Promise<ListedPage> {
  const limit = pageSize(at);
  const page = (more: Record<string, string | null>) => api.get<TicketPage>(`/tickets${query({ ...asked(view), limit, ...more })}`);
  const saved = view.savedId === null ? undefined : await savedView(view.savedId);
  if (!saved?.grouping) return page({ after: mark });
  // Group after group: the mark says which one, and where in it.
  const groups = await cache.fetchQuery({
    queryKey: ["groups", view.key, view.filter, saved.version],
    queryFn: () => api.get<Group[]>(`/views/${saved.id}/groups${query({ where: view.filter.where })}`),
    staleTime: mark === null ? 0 : 60_000,
  });
  const [place, after] = mark === null ? [0, ""] : [Number(mark.split("~")[0]), mark.split("~")[1] ?? ""];
  const group = groups[place];
  if (!group) return { rows: [], next: null, cursor: "" };
  const found = await page({ group: String(group.value), after });
  const next = found.next ? `${place}~${found.next}` : place + 1 < groups.length ? `${place + 1}~` : null;
  return { ...found, next, group };
}

let stale: ReturnType<typeof setTimeout> | undefined;
const moved = new Set<string>();
/** Reads lists again that only the server can tell, a moment after their tickets moved; long ones wait for their reader. */
function readAgain(key: QueryKey, pages: number): void {
  if (pages > 3) return;
  moved.add(JSON.stringify(key));
  stale ??= setTimeout(() => {
    stale = undefined;
    for (const one of moved) void cache.invalidateQueries({ queryKey: JSON.parse(one) as QueryKey, exact: true });
    moved.clear();
  }, 1500);
}

export function useList(view: MaybeRefOrGetter<View>) {
  const list = useInfiniteQuery({
    queryKey: computed(() => listKey(toValue(view))),
    queryFn: ({ pageParam }) => fetchPage(toValue(view), pageParam),
    initialPageParam: { mark: null, place: 0 } as Mark,
    getNextPageParam: (page: ListedPage, pages): Mark | null => (page.next === null ? null : { mark: page.next, place: pages.length }),
    refetchInterval: (running) => ((running.state.data?.pages.length ?? 0) > 1 ? false : driftMs),
    // Of a long list neither every row is compared when one changes, nor made to tell who looks at it.
    structuralSharing: false,
    shallow: true,
  });
  let joined: { pages: ListedPage[]; rows: TicketRow[]; seen: Set<Id> } = { pages: [], rows: [], seen: new Set() };
  const rows = computed(() => {
    const pages = list.data.value?.pages ?? [];
    const grown = pages.length >= joined.pages.length && joined.pages.every((page, at) => page === pages[at]);
    const seen = grown ? joined.seen : new Set<Id>();
    // A row may move to a later page between two fetches: shown once.
    const added = pages.slice(grown ? joined.pages.length : 0).flatMap((page) => page.rows).filter((row) => !seen.has(row.id) && seen.add(row.id));
    joined = { pages, rows: grown ? (added.length ? joined.rows.concat(added) : joined.rows) : added, seen };
    return joined.rows;
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
    if (onlyServerTells(view)) readAgain(key, data.pages.length);
  }
  for (const row of rows) {
    cache.setQueryData<{ ticket: TicketRow }>(["ticket", row.id], (open) =>
      open && open.ticket.updatedAt <= row.updatedAt ? { ...open, ticket: { ...open.ticket, ...row } } : open,
    );
  }
}

/** Takes tickets that went out of her sight off every list on screen, and what is kept of them with it. */
export function dropRows(ids: Id[]): void {
  const gone = new Set(ids);
  for (const [key, data] of cache.getQueriesData<Pages>({ queryKey: ["tickets"] })) {
    const fresh = data && without(data, gone);
    if (fresh !== data) cache.setQueryData(key, fresh);
  }
  for (const id of ids) for (const kept of ["ticket", "craft"]) void cache.invalidateQueries({ queryKey: [kept, id] });
}

/** The freshest known row of a ticket, wherever it is shown. */
export function knownRow(id: Id): TicketRow | undefined {
  for (const [, data] of cache.getQueriesData<Pages>({ queryKey: ["tickets"] })) {
    const row = data && known(data, id);
    if (row) return row;
  }
  return undefined;
}
