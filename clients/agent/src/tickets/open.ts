// An open ticket: its head, timeline and clocks, kept gap-free by sequence number.
import { useQuery } from "@tanstack/vue-query";
import { computed, toValue, type MaybeRefOrGetter } from "vue";
import { cache } from "@/api/cache";
import { api } from "@/api/client";
import type { Clock, EntriesSince, Entry, Id, OpenTicket, TicketRow } from "@/api/types";
import { me } from "@/staff/session";
import { setViewers } from "./company";
import { applyRows } from "./lists";

const key = (id: Id) => ["ticket", id];

async function fetchTicket(id: Id): Promise<OpenTicket> {
  const open = await api.get<OpenTicket>(`/tickets/${id}`);
  setViewers(id, open.viewers);
  return open;
}

// What was asked for a moment ago need not be asked for again: the live line goes on from there.
const kept = { staleTime: 3000, gcTime: 120_000 };

export function useTicket(id: MaybeRefOrGetter<Id>) {
  return useQuery({ queryKey: computed(() => key(toValue(id))), queryFn: () => fetchTicket(toValue(id)), ...kept });
}

/** Asks for it while its page is still on the way. */
export const fetchAhead = (id: Id): void => void cache.prefetchQuery({ queryKey: key(id), queryFn: () => fetchTicket(id), ...kept });

const read = (id: Id) => cache.getQueryData<OpenTicket>(key(id));
const change = (id: Id, how: (open: OpenTicket) => OpenTicket) =>
  cache.setQueryData<OpenTicket>(key(id), (open) => open && how(open));

/** Merges entries by sequence number; the newest word about a number wins. */
export function merge(known: Entry[], fresh: Entry[]): Entry[] {
  const bySeq = new Map(known.map((entry) => [entry.seq, entry]));
  fresh.forEach((entry) => bySeq.set(entry.seq, entry));
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

export const lastSeq = (entries: Entry[]): number => entries.at(-1)?.seq ?? 0;

/** The newest public entry this screen has shown: what a reply is written on top of. */
export const shownPublicSeq = (entries: Entry[]): number =>
  entries.reduce((highest, entry) => (entry.number !== null ? Math.max(highest, entry.seq) : highest), 0);

/** The newest public entry after `seq` if all of them are one's own: nothing has been missed. */
export function ownSince(id: Id, seq: number): number {
  const after = (read(id)?.entries ?? []).filter((entry) => entry.kind === "message" && entry.number !== null && entry.seq > seq);
  return after.every((entry) => entry.author === "staff" && entry.authorId === me.value?.id) ? (after.at(-1)?.seq ?? seq) : seq;
}

/** Takes a pushed entry; when numbers are missing in between, asks for them. */
export function applyEntry(id: Id, entry: Entry): void {
  const open = read(id);
  if (!open) return;
  const gap = entry.seq > lastSeq(open.entries) + 1;
  if (gap) return void catchUp(id);
  const corrected = entry.change?.what === "fields" ? (entry.change.to as Record<string, unknown>) : null;
  const filled = (known: Record<string, unknown> | null | undefined) => Object.fromEntries(Object.entries({ ...known, ...corrected }).filter(([, value]) => value !== null));
  change(id, (one) => ({
    ...one, entries: merge(one.entries, [entry]), ticket: corrected ? { ...one.ticket, fields: filled(one.ticket.fields) } : one.ticket,
  }));
}

export function addEntries(id: Id, entries: Entry[]): void {
  change(id, (one) => ({ ...one, entries: merge(one.entries, entries) }));
}

const running = new Map<Id, Promise<void>>();

/** Asks for everything after the last entry shown here. */
export function catchUp(id: Id): Promise<void> {
  const open = read(id);
  if (!open) return Promise.resolve();
  const already = running.get(id);
  if (already) return already;
  const asking = api
    .get<EntriesSince>(`/tickets/${id}/entries?since=${lastSeq(open.entries)}`)
    .then((since) => {
      change(id, (one) => ({ ...one, entries: merge(one.entries, since.entries), clocks: since.clocks }));
      applyRows([since.ticket]);
    })
    .catch(() => undefined)
    .finally(() => running.delete(id));
  running.set(id, asking);
  return asking;
}

/** Makes sure the timeline reaches a sequence number the server has spoken of. */
export function reach(id: Id, seq: number): void {
  const open = read(id);
  if (open && lastSeq(open.entries) < seq) void catchUp(id);
}

export function applyClocks(id: Id, clocks: Clock[]): void {
  change(id, (one) => ({ ...one, clocks }));
}

export function applyPlayerRead(id: Id, number: number): void {
  change(id, (one) => ({ ...one, ticket: { ...one.ticket, playerRead: Math.max(one.ticket.playerRead, number) } }));
}

/** Changes the head at once; the returned function puts it back. */
export function assume(id: Id, changes: Partial<TicketRow>): () => void {
  const before = read(id);
  change(id, (one) => ({ ...one, ticket: { ...one.ticket, ...changes } }));
  return () => before && change(id, (one) => ({ ...one, ticket: before.ticket }));
}

/** The tickets whose timelines are on screen now. */
export const openIds = (): Id[] =>
  cache.getQueryCache().findAll({ queryKey: ["ticket"], type: "active" }).map((one) => one.queryKey[1] as Id);
