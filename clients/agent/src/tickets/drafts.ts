// Text being written, per ticket and mode. It lives on the server, so that any device goes on with it; what the server
// has not confirmed yet is also kept on this one.
import { effectScope, reactive, watch } from "vue";
import { api, Offline, Refused } from "@/api/client";
import type { FileInfo, Id, ServerDraft } from "@/api/types";

export type Mode = "reply" | "note";
export interface Draft {
  body: string;
  attachments: FileInfo[];
}

const storeKey = "playerdesk.drafts";
const settleMs = 700;
const netMs = 250;
const againMs = 4000;

const drafts = reactive(new Map<string, Draft>());
/** What the server has, as far as this device knows: 0 for nothing. */
const versions = new Map<string, number>();
/** When the server has told so: an answer that was asked for earlier may be older. */
const toldAt = new Map<string, number>();
const unsaved = new Set<string>();
const pushing = new Set<string>();
/** Changed on another device meanwhile: its text, or null when it is gone there. Shown until one of the two is chosen. */
const rivals = reactive(new Map<string, ServerDraft | null>());
/** On its way to the player: its draft is kept until it has arrived. */
const leaving = new Set<string>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const watchers = effectScope(true);
let owner = 0;
let adopting = false;

const nameOf = (id: Id, mode: Mode) => `${id}:${mode}`;
function learn(key: string, version: number): void {
  versions.set(key, version);
  toldAt.set(key, Date.now());
}
const parts = (key: string): [Id, Mode] => [Number(key.split(":")[0]), key.split(":")[1] as Mode];

export const hasText = (draft: Draft): boolean => draft.body.trim() !== "" || draft.attachments.length > 0;

export function draftOf(id: Id, mode: Mode): Draft {
  const key = nameOf(id, mode);
  if (!drafts.has(key)) put(key, { body: "", attachments: [] });
  return drafts.get(key) as Draft;
}

// Each draft is watched by itself: a key stroke looks at one text, not at those of fifty chats.
function put(key: string, draft: Draft): void {
  drafts.set(key, draft);
  const mine = drafts.get(key) as Draft;
  watchers.run(() => watch(mine, () => changed(key), { deep: true, flush: "sync" }));
}

function changed(key: string): void {
  if (adopting) return;
  unsaved.add(key);
  soon(key, settleMs);
  net ??= setTimeout(keepHere, netMs);
}

function soon(key: string, ms: number): void {
  clearTimeout(timers.get(key));
  timers.set(key, setTimeout(() => void push(key), ms));
}

let net: ReturnType<typeof setTimeout> | undefined;
function keepHere(): void {
  clearTimeout(net);
  net = undefined;
  const kept = [...unsaved].map((key) => [key, drafts.get(key), versions.get(key) ?? 0]);
  if (kept.length) localStorage.setItem(storeKey, JSON.stringify({ owner, kept }));
  else localStorage.removeItem(storeKey);
}
window.addEventListener("pagehide", keepHere);

async function push(key: string): Promise<void> {
  const draft = drafts.get(key);
  if (!draft || !unsaved.has(key) || rivals.has(key) || !owner) return;
  if (pushing.has(key) || leaving.has(key)) return soon(key, settleMs);
  const version = versions.get(key) ?? 0;
  const sent = JSON.stringify(draft);
  const [id, mode] = parts(key);
  if (!version && !hasText(draft)) return saved(key);
  pushing.add(key);
  try {
    const body = { body: draft.body, version, attachments: draft.attachments.map((file) => file.id) };
    const kept = await api.put<ServerDraft | null>(`/tickets/${id}/drafts/${mode}`, body);
    learn(key, kept?.version ?? 0);
    if (JSON.stringify(draft) === sent) saved(key);
    else soon(key, settleMs);
  } catch (problem) {
    if (problem instanceof Refused && problem.code === "draft_elsewhere") {
      const rival = problem.extra.draft as ServerDraft | null;
      // Emptied here and gone there is no quarrel.
      if (!rival && !hasText(draft)) {
        learn(key, 0);
        saved(key);
      } else rivals.set(key, rival);
    } else if (problem instanceof Offline) soon(key, againMs);
    else saved(key);
  } finally {
    pushing.delete(key);
  }
}

function saved(key: string): void {
  unsaved.delete(key);
  keepHere();
}

export const rivalOf = (id: Id, mode: Mode): ServerDraft | null | undefined => rivals.get(nameOf(id, mode));

/** Of two texts this one stays: the other device's, or the one on this screen. */
export function choose(id: Id, mode: Mode, theirs: boolean): void {
  const key = nameOf(id, mode);
  const rival = rivals.get(key) ?? null;
  rivals.delete(key);
  learn(key, rival?.version ?? 0);
  if (theirs) adopt(key, rival);
  else changed(key);
}

function adopt(key: string, theirs: ServerDraft | null): void {
  adopting = true;
  if (!drafts.has(key)) put(key, { body: "", attachments: [] });
  Object.assign(drafts.get(key) as Draft, { body: theirs?.body ?? "", attachments: theirs?.attachments ?? [] });
  adopting = false;
  learn(key, theirs?.version ?? 0);
  saved(key);
}

/** What the server knows of this person's drafts, read anew. What is being written here stays, and is told apart by its
 * version. True when something here is younger than the answer: only another one can tell. */
export function takeDrafts(person: Id, known: ServerDraft[], askedAt: number): boolean {
  if (owner !== person) restore(person);
  let unsure = false;
  const byKey = new Map(known.map((one) => [nameOf(one.ticketId, one.kind), one]));
  for (const key of new Set([...byKey.keys(), ...drafts.keys()])) {
    const theirs = byKey.get(key) ?? null;
    if (unsaved.has(key)) soon(key, 0);
    else if (!pushing.has(key) && !leaving.has(key) && (theirs?.version ?? 0) !== (versions.get(key) ?? 0)) {
      if ((toldAt.get(key) ?? 0) < askedAt) adopt(key, theirs);
      else unsure = true;
    }
  }
  return unsure;
}

/** What this device could not bring to the server before it was closed. */
function restore(person: Id): void {
  owner = person;
  try {
    const stored = JSON.parse(localStorage.getItem(storeKey) ?? "{}") as { owner?: Id; kept?: [string, Draft, number][] };
    if (stored.owner !== person) return;
    for (const [key, draft, version] of stored.kept ?? []) {
      if (unsaved.has(key)) continue;
      adopting = true;
      if (drafts.has(key)) Object.assign(drafts.get(key) as Draft, draft);
      else put(key, draft);
      adopting = false;
      versions.set(key, version);
      unsaved.add(key);
    }
  } catch {
    localStorage.removeItem(storeKey);
  }
}

/** Another device has kept a draft; true when this one has to look. */
export function draftNews(id: Id, mode: Mode, version: number): boolean {
  const key = nameOf(id, mode);
  return !pushing.has(key) && !unsaved.has(key) && !leaving.has(key) && version !== (versions.get(key) ?? 0);
}

export const hasDraft = (id: Id): boolean =>
  (["reply", "note"] as const).some((mode) => hasText(drafts.get(nameOf(id, mode)) ?? { body: "", attachments: [] }));

export const draftVersion = (id: Id, mode: Mode): number => versions.get(nameOf(id, mode)) ?? 0;

export function clearDraft(id: Id, mode: Mode): void {
  Object.assign(draftOf(id, mode), { body: "", attachments: [] });
}

/** What was written leaves for the player or a note; until `arrived` its draft stays on the server. */
export function depart(id: Id, mode: Mode): void {
  leaving.add(nameOf(id, mode));
  clearDraft(id, mode);
}

/** Sent again after the page was loaded anew: its draft on the server is not to come back. */
export const departed = (id: Id, mode: Mode): unknown => leaving.add(nameOf(id, mode));

/** `dropped`: the server has put the draft away itself; else version `was` of it is to go. */
export function arrived(id: Id, mode: Mode, dropped: boolean, was = 0): void {
  const key = nameOf(id, mode);
  leaving.delete(key);
  if (dropped) learn(key, 0);
  else if (was && !versions.get(key)) {
    draftOf(id, mode);
    versions.set(key, was);
    unsaved.add(key);
  }
  if (unsaved.has(key)) soon(key, 0);
}

/** Puts text back that was not sent, before whatever has been written since; done once the server has it. */
export async function giveBack(id: Id, mode: Mode, returned: Draft): Promise<void> {
  const draft = draftOf(id, mode);
  draft.body = draft.body.trim() ? `${returned.body}\n${draft.body}` : returned.body;
  draft.attachments = [...returned.attachments, ...draft.attachments];
  leaving.delete(nameOf(id, mode));
  keepHere();
  await push(nameOf(id, mode));
}

export function forgetDrafts(): void {
  for (const key of drafts.keys()) clearTimeout(timers.get(key));
  drafts.clear();
  versions.clear();
  toldAt.clear();
  unsaved.clear();
  rivals.clear();
  leaving.clear();
  owner = 0;
  localStorage.removeItem(storeKey);
}
