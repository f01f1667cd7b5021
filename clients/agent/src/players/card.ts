// The player's card: read once for an open ticket, and afresh whenever something happens to her.
import { useQuery } from "@tanstack/vue-query";
import { computed, onScopeDispose, toValue, watch, type MaybeRefOrGetter } from "vue";
import { cache } from "@/api/cache";
import { api, query } from "@/api/client";
import type { BlockFrames, Id, LiveFields, PlayerCard } from "@/api/types";
import { onFrame, subscribe } from "@/live/socket";
import { preferences, prefer } from "@/kit/preferences";

// Whoever pushes to the card says only that it has changed.
onFrame((frame) => {
  if (frame.op === "event" && frame.kind === "card") void cache.invalidateQueries({ queryKey: ["player", Number(frame.topic.slice("card:".length))] });
});

export function usePlayer(id: MaybeRefOrGetter<Id>, ticket: MaybeRefOrGetter<Id | null> = null) {
  let leave: (() => void) | undefined;
  watch(
    () => toValue(id),
    (now) => {
      leave?.();
      leave = subscribe(`card:${now}`);
    },
    { immediate: true },
  );
  onScopeDispose(() => leave?.());
  return useQuery({
    queryKey: computed(() => ["player", toValue(id), "card", toValue(ticket)]),
    queryFn: () => api.get<PlayerCard>(`/players/${toValue(id)}${query({ ticket: toValue(ticket) })}`),
    staleTime: 30_000,
    refetchInterval: 60_000,
  });
}

export function useLiveFields(id: MaybeRefOrGetter<Id>, ticket: MaybeRefOrGetter<Id | null>) {
  return useQuery({
    queryKey: computed(() => ["live-fields", toValue(id), toValue(ticket)]),
    queryFn: () => api.get<LiveFields>(`/players/${toValue(id)}/live-fields${query({ ticket: toValue(ticket) })}`),
    staleTime: 60_000,
    retry: false,
  });
}

export function useFrames(id: MaybeRefOrGetter<Id>, ticket: MaybeRefOrGetter<Id | null>) {
  return useQuery({
    queryKey: computed(() => ["frames", toValue(id), toValue(ticket)]),
    queryFn: async () => (await api.get<BlockFrames>(`/players/${toValue(id)}/frames${query({ ticket: toValue(ticket) })}`)).frames,
    // The tokens in the addresses are good for five minutes.
    staleTime: 240_000,
    gcTime: 0,
    retry: false,
  });
}

export const refetchPlayer = (id: Id): Promise<void> => cache.invalidateQueries({ queryKey: ["player", id] });

/** Closed groups, remembered for this agent on every device. */
export const isClosed = (name: string): boolean => preferences.value.collapsed.includes(`card.${name}`);
export function toggleGroup(name: string): void {
  const key = `card.${name}`;
  const others = preferences.value.collapsed.filter((one) => one !== key);
  prefer({ collapsed: isClosed(name) ? others : [...others, key] });
}
