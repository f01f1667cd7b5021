// Sending: shown at once, retried with the same key after a lost connection, never dropped, never doubled.
import { reactive, watch } from "vue";
import { api, Offline, Refused } from "@/api/client";
import type { Entry, FileInfo, Id } from "@/api/types";
import { newKey } from "@/kit/ids";
import { wordsFor } from "@/kit/notices";
import { connection } from "@/live/socket";
import { giveBack, type Draft, type Mode } from "./drafts";
import { addEntries } from "./open";
import { worked } from "./worked";

export interface Pending extends Draft {
  ticketId: Id;
  clientKey: string;
  mode: Mode;
  baseSeq: number;
  force: boolean;
  createdAt: string;
  state: "sending" | "waiting" | "failed";
  problem: string;
}

const storeKey = "playerdesk.outbox";
const retryMs = 3000;

function stored(): Pending[] {
  try {
    const list = JSON.parse(sessionStorage.getItem(storeKey) ?? "[]") as Pending[];
    return list.map((one) => (one.state === "sending" ? { ...one, state: "waiting" } : one));
  } catch {
    return [];
  }
}

const outbox = reactive<Pending[]>(stored());
/** Tickets whose reply was stopped because the player had written meanwhile. */
const stopped = reactive(new Map<Id, Entry[]>());
const busy = new Set<Id>();

watch(outbox, () => sessionStorage.setItem(storeKey, JSON.stringify(outbox)), { deep: true });

export const pendingOf = (id: Id): Pending[] => outbox.filter((one) => one.ticketId === id);
export const missedOf = (id: Id): Entry[] => stopped.get(id) ?? [];
export const settleMissed = (id: Id): boolean => stopped.delete(id);

export function discard(item: Pending): void {
  const at = outbox.findIndex((one) => one.clientKey === item.clientKey);
  if (at >= 0) outbox.splice(at, 1);
}

/** Back into the composer, to be changed. */
export function takeBack(item: Pending): void {
  discard(item);
  giveBack(item.ticketId, item.mode, { body: item.body, attachments: item.attachments });
}

export function submit(id: Id, mode: Mode, draft: Draft, baseSeq: number, force = false): void {
  settleMissed(id);
  outbox.push({
    ticketId: id,
    clientKey: newKey(),
    mode,
    body: draft.body.trim(),
    attachments: [...draft.attachments],
    baseSeq,
    force,
    createdAt: new Date().toISOString(),
    state: "waiting",
    problem: "",
  });
  void pump(id);
  if (mode === "reply") worked(id);
}

export function retry(item: Pending): void {
  item.state = "waiting";
  void pump(item.ticketId);
}

function post(item: Pending): Promise<Entry> {
  const shared = { body: item.body, attachments: item.attachments.map((file: FileInfo) => file.id), clientKey: item.clientKey };
  return item.mode === "note"
    ? api.post<Entry>(`/tickets/${item.ticketId}/notes`, shared)
    : api.post<Entry>(`/tickets/${item.ticketId}/replies`, { ...shared, baseSeq: item.baseSeq, force: item.force || undefined });
}

function refused(item: Pending, problem: unknown): void {
  if (problem instanceof Refused && problem.code === "stale_reply") {
    const missed = (problem.extra.missed as Entry[] | undefined) ?? [];
    addEntries(item.ticketId, missed);
    takeBack(item);
    stopped.set(item.ticketId, missed);
    return;
  }
  item.state = "failed";
  item.problem = wordsFor(problem);
}

/** Sends what waits for one ticket, one after the other, in order. */
async function pump(id: Id): Promise<void> {
  if (busy.has(id)) return;
  busy.add(id);
  try {
    for (let item = next(id); item; item = next(id)) {
      item.state = "sending";
      try {
        addEntries(id, [await post(item)]);
        discard(item);
      } catch (problem) {
        if (problem instanceof Offline) {
          item.state = "waiting";
          setTimeout(() => void pump(id), retryMs);
          return;
        }
        refused(item, problem);
      }
    }
  } finally {
    busy.delete(id);
  }
}

const next = (id: Id): Pending | undefined => outbox.find((one) => one.ticketId === id && one.state === "waiting");

function pumpAll(): void {
  new Set(outbox.map((one) => one.ticketId)).forEach((id) => void pump(id));
}

watch(connection, (state) => state === "open" && pumpAll());
export const unsent = (): number => outbox.filter((one) => one.state !== "failed").length;

export function forgetOutbox(): void {
  outbox.splice(0);
  stopped.clear();
}
