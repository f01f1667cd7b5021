// Sending: shown at once, held on the server while it may be undone, retried with the same key after a lost
// connection, never dropped, never doubled.
import { reactive, watch } from "vue";
import { api, Offline, Refused } from "@/api/client";
import type { EntriesSince, Entry, FileInfo, Held, Id, MacroAction } from "@/api/types";
import { newKey } from "@/kit/ids";
import { announce, tell, wordsFor } from "@/kit/notices";
import { i18n } from "@/kit/words";
import { serverNow } from "@/live/clock";
import { connection } from "@/live/socket";
import { me } from "@/staff/session";
import { router } from "@/shell/router";
import { arrived, depart, departed, draftVersion, giveBack, type Draft, type Mode } from "./drafts";
import { addEntries, catchUp, openIds, ownSince } from "./open";
import { worked } from "./worked";

export interface Pending extends Draft {
  ticketId: Id;
  clientKey: string;
  mode: Mode;
  baseSeq: number;
  force: boolean;
  createdAt: string;
  /** How long it may be undone; 0: it goes out at once. */
  seconds: number;
  sendAt: string;
  state: "sending" | "waiting" | "held" | "failed";
  problem: string;
  /** When this screen learnt that it is held. */
  heldAt?: number;
  /** The draft it has been. */
  draftVersion: number;
  /** What a macro does with it. */
  actions?: MacroAction[];
}

interface HeldAnswer {
  held: Held | null;
  entry: Entry | null;
}

const storeKey = "playerdesk.outbox";
const retryMs = 3000;
const lookMs = 1500;

function stored(): Pending[] {
  try {
    const list = JSON.parse(sessionStorage.getItem(storeKey) ?? "[]") as Pending[];
    return list.map((one) => (one.state === "sending" ? { ...one, state: "waiting" } : one));
  } catch {
    return [];
  }
}

const outbox = reactive<Pending[]>(stored());
/** Tickets whose reply was stopped because the player or a colleague had written meanwhile. */
const stopped = reactive(new Map<Id, Entry[]>());
const busy = new Set<Id>();
outbox.forEach((one) => one.state !== "held" && departed(one.ticketId, one.mode));

watch(outbox, () => sessionStorage.setItem(storeKey, JSON.stringify(outbox)), { deep: true });

export const pendingOf = (id: Id): Pending[] => outbox.filter((one) => one.ticketId === id);
export const missedOf = (id: Id): Entry[] => stopped.get(id) ?? [];
export const stop = (id: Id, missed: Entry[]): unknown => stopped.set(id, missed);
export const settleMissed = (id: Id): boolean => stopped.delete(id);
const itemOf = (clientKey: string) => outbox.find((one) => one.clientKey === clientKey);

export function discard(item: Pending): void {
  const at = outbox.findIndex((one) => one.clientKey === item.clientKey);
  if (at >= 0) outbox.splice(at, 1);
  arrived(item.ticketId, item.mode, item.state === "held", item.draftVersion);
}

/** Back into the composer, to be changed. */
export function takeBack(item: Pending): Promise<void> {
  discard(item);
  // Words can be changed and sent again; what a macro would have done belongs to the macro.
  if (item.actions?.length) tell(i18n.global.t("composer.actionsNotDone", { n: item.actions.length }));
  const body = item.mode === "note" ? item.body.replace(/\[(@[^\]\n]+)\]\((?:person|queue):\d+\)/g, "$1") : item.body;
  return giveBack(item.ticketId, item.mode, { body, attachments: item.attachments });
}

export function submit(id: Id, mode: Mode, draft: Draft, baseSeq: number, more: { force?: boolean; seconds?: number } = {}): void {
  settleMissed(id);
  const item: Pending = {
    ticketId: id,
    clientKey: newKey(),
    mode,
    body: draft.body.trim(),
    attachments: [...draft.attachments],
    baseSeq,
    force: more.force ?? false,
    createdAt: new Date().toISOString(),
    seconds: mode === "reply" ? (more.seconds ?? 0) : 0,
    sendAt: "",
    state: "waiting",
    problem: "",
    draftVersion: draftVersion(id, mode),
  };
  outbox.push(item);
  depart(id, mode);
  void pump(id);
  if (mode === "reply") worked(id);
}

export function retry(item: Pending): void {
  item.state = "waiting";
  void pump(item.ticketId);
}

/** Sends one item; true when nothing is left to be done about it. */
async function post(item: Pending): Promise<boolean> {
  const shared = { body: item.body, attachments: item.attachments.map((file: FileInfo) => file.id), clientKey: item.clientKey };
  if (item.mode === "note") {
    addEntries(item.ticketId, [await api.post<Entry>(`/tickets/${item.ticketId}/notes`, shared)]);
    return true;
  }
  // One's own words are nothing one has missed.
  const reply = { ...shared, baseSeq: Math.max(item.baseSeq, ownSince(item.ticketId, item.baseSeq)), force: item.force || undefined };
  if (!item.seconds) {
    addEntries(item.ticketId, [await api.post<Entry>(`/tickets/${item.ticketId}/replies`, reply)]);
    return true;
  }
  const answer = await api.post<HeldAnswer>(`/tickets/${item.ticketId}/held-replies`, {
    ...reply, seconds: item.seconds, draftVersion: item.draftVersion,
  });
  arrived(item.ticketId, "reply", true);
  if (answer.entry) addEntries(item.ticketId, [answer.entry]);
  if (answer.held?.state !== "waiting") return true;
  keep(item, answer.held);
  return false;
}

function keep(item: Pending, held: Held): void {
  item.state = "held";
  item.heldAt = Date.now();
  item.sendAt = held.sendAt;
  // Said by then. Whoever looks at the ticket sees it come; this is for those who do not.
  setTimeout(() => itemOf(item.clientKey)?.state === "held" && look?.(), Date.parse(held.sendAt) - serverNow() + lookMs);
}

let look: (() => void) | undefined;
/** How to learn what has become of held replies. */
export const lookWith = (how: () => void): void => void (look = how);

async function refused(item: Pending, problem: unknown): Promise<void> {
  if (problem instanceof Refused && problem.code === "stale_reply") {
    const missed = (problem.extra.missed as Entry[] | undefined) ?? [];
    addEntries(item.ticketId, missed);
    void takeBack(item);
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
        if (await post(item)) discard(item);
      } catch (problem) {
        if (problem instanceof Offline) {
          item.state = "waiting";
          setTimeout(() => void pump(id), retryMs);
          return;
        }
        await refused(item, problem);
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

/** Takes a held reply back into the composer; when it is too late, says so. */
export async function undo(item: Pending): Promise<void> {
  try {
    await api.post(`/tickets/${item.ticketId}/held-replies/${item.clientKey}/undo`);
    if (itemOf(item.clientKey)) await takeBack(item);
  } catch (problem) {
    if (problem instanceof Refused && problem.code === "already_said") {
      discard(item);
      void catchUp(item.ticketId);
    }
    tell(wordsFor(problem));
  }
}

export const hurry = (item: Pending): Promise<unknown> =>
  api.post(`/tickets/${item.ticketId}/held-replies/${item.clientKey}/now`).catch(() => undefined);

/** The newest reply of a ticket that can still be undone. */
export const undoable = (id: Id): Pending | undefined => outbox.filter((one) => one.ticketId === id && one.state === "held").at(-1);

function fromHeld(held: Held): Pending {
  return {
    ticketId: held.ticketId, clientKey: held.clientKey, mode: "reply", body: held.body, attachments: held.attachments,
    baseSeq: held.baseSeq ?? 0, force: held.baseSeq === null, createdAt: held.pressedAt, seconds: 1, sendAt: held.sendAt,
    state: "held", problem: "", draftVersion: 0, actions: held.actions as unknown as MacroAction[],
  };
}

/** Something has become of a held reply; true when this screen has to look. */
export const heldNews = (clientKey: string, state: string): boolean => state !== "waiting" || !itemOf(clientKey);

/** What the server holds for this person, asked at `askedAt`: pressed here or on another device. */
export function takeHeld(known: Held[], askedAt: number): void {
  for (const held of known) {
    if (held.state === "stopped") void bringBack(held);
    else if (!itemOf(held.clientKey)) {
      outbox.push(fromHeld(held));
      keep(itemOf(held.clientKey) as Pending, held);
    }
  }
  const keys = new Set(known.map((held) => held.clientKey));
  for (const item of outbox.filter((one) => one.state === "held" && !keys.has(one.clientKey) && (one.heldAt ?? 0) < askedAt)) {
    discard(item);
    if (openIds().includes(item.ticketId)) void catchUp(item.ticketId);
  }
}

const returning = new Set<string>();
/** Stopped at the moment of sending: its text goes back into the composer, with what came in between. */
async function bringBack(held: Held): Promise<void> {
  if (returning.has(held.clientKey)) return;
  returning.add(held.clientKey);
  const item = itemOf(held.clientKey) ?? fromHeld(held);
  await takeBack(item);
  if (held.stoppedCode === "stale_reply") {
    const since = await api.get<EntriesSince>(`/tickets/${held.ticketId}/entries?since=${held.baseSeq ?? 0}`).catch(() => null);
    const missed = (since?.entries ?? []).filter((entry) => entry.number !== null && (entry.author !== "staff" || entry.authorId !== me.value?.id));
    addEntries(held.ticketId, missed);
    if (missed.length) stopped.set(held.ticketId, missed);
  }
  await api.post(`/tickets/${held.ticketId}/held-replies/${held.clientKey}/undo`).catch(() => undefined);
  if (!openIds().includes(held.ticketId)) {
    const { t } = i18n.global;
    announce(t("composer.stopped", { id: held.ticketId }), t("keys.open"), () => void router.push(`/ticket/${held.ticketId}`));
  }
}

/** The entry is there: nothing to undo any more. */
export function said(clientKey: string | null): void {
  const item = clientKey ? itemOf(clientKey) : undefined;
  if (item?.state === "held") discard(item);
}

export const unsent = (): number => outbox.filter((one) => one.state === "waiting" || one.state === "sending").length;

export function forgetOutbox(): void {
  outbox.splice(0);
  stopped.clear();
}
