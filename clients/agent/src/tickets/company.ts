// Who else is here: colleagues viewing or typing, and the player typing.
import { computed, reactive, toValue, type MaybeRefOrGetter } from "vue";
import type { Id } from "@/api/types";
import { now, serverNow } from "@/live/clock";
import { say } from "@/live/socket";
import { me } from "@/staff/session";

const typingMs = 6000;
const sayAgainMs = 3000;

const viewers = reactive(new Map<Id, { personIds: Id[]; typing: Id[] }>());
const typedAt = reactive(new Map<Id, number>());

export function setViewers(ticketId: Id, data: { personIds: Id[]; typing?: Id[] }): void {
  viewers.set(ticketId, { personIds: data.personIds, typing: data.typing ?? [] });
}

export function playerTyped(ticketId: Id): void {
  typedAt.set(ticketId, serverNow());
}

/** The player's message has arrived: she is not typing it any more. */
export function playerStopped(ticketId: Id): void {
  typedAt.delete(ticketId);
}

export function useCompany(ticketId: MaybeRefOrGetter<Id>) {
  const others = (ids: Id[] | undefined) => (ids ?? []).filter((id) => id !== me.value?.id);
  return {
    viewing: computed(() => others(viewers.get(toValue(ticketId))?.personIds)),
    typing: computed(() => others(viewers.get(toValue(ticketId))?.typing)),
    playerTyping: computed(() => now.value - (typedAt.get(toValue(ticketId)) ?? 0) < typingMs),
  };
}

let saidAt = 0;

/** Tells the player and colleagues that an answer is being written, at most every few seconds. */
export function tellTyping(ticketId: Id): void {
  if (Date.now() - saidAt < sayAgainMs) return;
  saidAt = Date.now();
  say({ op: "typing", ticketId });
}
