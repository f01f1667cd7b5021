// Saved views: read once, kept fresh when anybody changes one, and the changes themselves.
import { useQuery } from "@tanstack/vue-query";
import { computed, shallowRef } from "vue";
import { cache } from "@/api/cache";
import { api } from "@/api/client";
import type { Id, SavedView, ViewWish } from "@/api/types";
import { newKey } from "@/kit/ids";

interface Views {
  views: SavedView[];
  firstId: Id | null;
}
const viewsKey = ["views"];
/** The views as last read, for names outside of components. */
export const savedList = shallowRef<SavedView[]>([]);

async function fetchViews(): Promise<Views> {
  const found = await api.get<Views>("/views");
  savedList.value = found.views;
  return found;
}

export function useSavedViews() {
  const { data } = useQuery({ queryKey: viewsKey, queryFn: fetchViews, staleTime: 30_000, refetchInterval: 60_000 });
  return { views: computed(() => data.value?.views ?? []), firstId: computed(() => data.value?.firstId ?? null) };
}

/** Where the workspace opens: the view somebody has chosen to begin with, else her own tickets. */
export async function firstPlace(): Promise<string> {
  const { firstId, views } = await fetchViews().catch(() => ({ firstId: null, views: [] as SavedView[] }));
  return views.some((one) => one.id === firstId) ? `/tickets/view-${firstId}` : "/tickets/mine";
}

/** One of them, read if need be. */
export async function savedView(id: Id): Promise<SavedView | undefined> {
  const known = (views: SavedView[]) => views.find((one) => one.id === id);
  // Not through the cache: a refetch there would break off the list that waits for this.
  return known(savedList.value) ?? known((await fetchViews()).views);
}

/** Somebody changed a view: the navigation and the lists of views follow. */
export function viewsChanged(): void {
  void cache.invalidateQueries({ queryKey: viewsKey });
  void cache.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === "tickets" && String(queryKey[1]).startsWith("view-") });
  void cache.invalidateQueries({ queryKey: ["view"] });
}

/** A new view keeps its key through all tries; an old one its version. */
export async function keepView(wish: ViewWish, before: SavedView | null, key = newKey()): Promise<SavedView> {
  const kept = before
    ? await api.put<SavedView>(`/views/${before.id}`, { ...wish, version: before.version })
    : await api.post<SavedView>("/views", { ...wish, clientKey: key });
  savedList.value = [...savedList.value.filter((one) => one.id !== kept.id), kept];
  viewsChanged();
  return kept;
}

export async function dropView(id: Id): Promise<void> {
  await api.delete(`/views/${id}`);
  viewsChanged();
}

export async function beginWith(viewId: Id | null): Promise<void> {
  await api.put("/views/first", { viewId });
  await cache.invalidateQueries({ queryKey: viewsKey });
}
