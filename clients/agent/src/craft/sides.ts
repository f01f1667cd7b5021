// Asking aside: threads with colleagues that the player never sees.
import { useQuery } from "@tanstack/vue-query";
import { computed, toValue, type MaybeRefOrGetter } from "vue";
import { cache } from "@/api/cache";
import { api } from "@/api/client";
import type { components } from "../../../api/schema";
import type { Id } from "@/api/types";
import { complain } from "@/kit/notices";

export type Side = components["schemas"]["SideRow"];
export type Thread = components["schemas"]["SideThread"];

export const useSides = () => useQuery({ queryKey: ["sides"], queryFn: () => api.get<Side[]>("/sides"), staleTime: 0 });
export const useThread = (id: MaybeRefOrGetter<Id | null>) =>
  useQuery({
    queryKey: computed(() => ["side", toValue(id)]), queryFn: () => api.get<Thread>(`/sides/${toValue(id)}`), staleTime: 0,
    enabled: computed(() => toValue(id) !== null),
  });

function keep(thread: Thread): Thread {
  cache.setQueryData(["side", thread.side.id], thread);
  void cache.invalidateQueries({ queryKey: ["sides"] });
  void cache.invalidateQueries({ queryKey: ["craft", thread.side.ticketId] });
  return thread;
}
async function ask(call: () => Promise<Thread>): Promise<Thread | null> {
  try {
    return keep(await call());
  } catch (problem) {
    complain(problem);
    return null;
  }
}
export const openSide = (ticketId: Id, opening: { body: string; clientKey: string; people: Id[]; queueId: Id | null }) =>
  ask(() => api.post<Thread>(`/tickets/${ticketId}/sides`, opening));
export const sayAside = (id: Id, body: string, clientKey: string) => ask(() => api.post<Thread>(`/sides/${id}/messages`, { body, clientKey }));
export const closeSide = (id: Id, closed: boolean) => ask(() => api.post<Thread>(`/sides/${id}/${closed ? "close" : "reopen"}`));

/** Read up to here; the mark beside it goes out at once. */
export function readAside(side: Side): void {
  if (side.readSeq >= side.lastSeq) return;
  api.post(`/sides/${side.id}/read`, { seq: side.lastSeq }).then(() => void cache.invalidateQueries({ queryKey: ["sides"] }), () => undefined);
}
