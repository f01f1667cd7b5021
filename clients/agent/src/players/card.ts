// The player's card: read once for an open ticket, kept a minute.
import { useQuery } from "@tanstack/vue-query";
import { computed, toValue, type MaybeRefOrGetter } from "vue";
import { api } from "@/api/client";
import type { Id, PlayerCard } from "@/api/types";

export function usePlayer(id: MaybeRefOrGetter<Id>) {
  return useQuery({
    queryKey: computed(() => ["player", toValue(id)]),
    queryFn: () => api.get<PlayerCard>(`/players/${toValue(id)}`),
    staleTime: 30_000,
    refetchInterval: 60_000,
  });
}
