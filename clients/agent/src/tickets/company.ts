// Who else is here: colleagues viewing or typing, and the player typing.
import { computed, reactive, toValue, type MaybeRefOrGetter } from "vue";
import type { Id } from "@/api/types";
import { now, serverNow } from "@/live/clock";
import { say } from "@/live/socket";
import { me } from "@/staff/session";

const typingMs = 6000;
const sayAgainMs = 3000;

const viewers = reactive(new Map<Id, Id[]>());
const staffTypedAt = reactive(new Map<Id, Map<Id, number>>());
const staffHolds = reactive(new Map<Id, { personId: Id; until: number }>());
const typedAt = reactive(new Map<Id, number>());

export function setViewers(ticketId: Id, personIds: Id[]): void {
  viewers.set(ticketId, personIds);
}

export function staffTyped(ticketId: Id, personId: Id): void {
  const typing = staffTypedAt.get(ticketId) ?? new Map<Id, number>();
  staffTypedAt.set(ticketId, typing.set(personId, serverNow()));
}

export interface HeldNews {
  ticketId: Id;
  personId: Id;
  state: "waiting" | "stopped" | "undone";
  sendAt: string;
}

/** A colleague has pressed send; her reply goes out in a moment. */
export function colleagueHolds(news: HeldNews): void {
  const until = news.state === "waiting" ? Date.parse(news.sendAt) : 0;
  staffHolds.set(news.ticketId, { personId: news.personId, until });
}

/** The colleague's words have arrived: they are not being typed any more. */
export function staffStopped(ticketId: Id, personId: Id): void {
  staffTypedAt.get(ticketId)?.delete(personId);
}

export function playerTyped(ticketId: Id): void {
  typedAt.set(ticketId, serverNow());
}

/** The player's message has arrived: she is not typing it any more. */
export function playerStopped(ticketId: Id): void {
  typedAt.delete(ticketId);
}

export function useCompany(ticketId: MaybeRefOrGetter<Id>) {
  const fresh = (at: number) => now.value - at < typingMs;
  return {
    viewing: computed(() => (viewers.get(toValue(ticketId)) ?? []).filter((id) => id !== me.value?.id)),
    typing: computed(() =>
      [...(staffTypedAt.get(toValue(ticketId)) ?? [])].filter(([id, at]) => id !== me.value?.id && fresh(at)).map(([id]) => id),
    ),
    sending: computed(() => {
      const holds = staffHolds.get(toValue(ticketId));
      return holds && holds.personId !== me.value?.id && now.value < holds.until ? [holds.personId] : [];
    }),
    playerTyping: computed(() => fresh(typedAt.get(toValue(ticketId)) ?? 0)),
  };
}

let saidAt = 0;

/** Tells the player and colleagues that an answer is being written, at most every few seconds. */
export function tellTyping(ticketId: Id): void {
  if (Date.now() - saidAt < sayAgainMs) return;
  saidAt = Date.now();
  say({ op: "typing", ticketId });
}
