// What stands beside an open ticket's conversation: merged tickets, links, followers, snooze, checklist, time, asking aside.
import { useQuery } from "@tanstack/vue-query";
import { computed, toValue, type MaybeRefOrGetter } from "vue";
import { cache } from "@/api/cache";
import { api } from "@/api/client";
import type { components } from "../../../api/schema";
import type { Id, Iso, TicketRow } from "@/api/types";
import { date } from "@/kit/formats";
import { newKey } from "@/kit/ids";
import { announce, complain, tell } from "@/kit/notices";
import { t } from "@/kit/words";
import { me } from "@/staff/session";
import { applyRows, knownRow } from "@/tickets/lists";
import { assume, catchUp } from "@/tickets/open";
import { listen } from "./heard";

type Shape = components["schemas"];
export type Craft = Shape["Craft"];
export type Linked = Shape["Linked"];
export type Step = Craft["steps"][number];
export type LinkKind = "related" | "duplicate_of" | "caused_by" | "child_of";
export type Handling = Shape["Handling"];
export type Proposal = Shape["ArticleProposal"];

const key = (id: Id) => ["craft", id];

/** What was done here and is not answered yet; it is laid over whatever is read meanwhile, for that may be older. */
const underWay = new Map<Id, Set<(craft: Craft) => Craft>>();

async function read(id: Id): Promise<Craft> {
  const craft = await api.get<Craft>(`/tickets/${id}/craft`);
  return [...(underWay.get(id) ?? [])].reduce((one, guess) => guess(one), craft);
}

export function useCraft(id: MaybeRefOrGetter<Id>) {
  return useQuery({ queryKey: computed(() => key(toValue(id))), queryFn: () => read(toValue(id)), staleTime: 0 });
}
export const useHandling = () => useQuery({ queryKey: ["handling"], queryFn: () => api.get<Handling>("/handling"), staleTime: 60_000 });

const known = (id: Id) => cache.getQueryData<Craft>(key(id));
const put = (id: Id, how: (craft: Craft) => Craft) => cache.setQueryData<Craft>(key(id), (craft) => craft && how(craft));
const again = (id: Id) => cache.invalidateQueries({ queryKey: key(id) });

/** Shown at once; put back, with the reason, when the server says no. A guess that is true already changes nothing. */
async function act<T>(id: Id, guess: (craft: Craft) => Craft, call: () => Promise<T>): Promise<T | undefined> {
  const before = known(id);
  const guesses = underWay.get(id) ?? new Set();
  underWay.set(id, guesses.add(guess));
  put(id, guess);
  try {
    return await call();
  } catch (problem) {
    if (before) cache.setQueryData(key(id), before);
    complain(problem);
    return undefined;
  } finally {
    guesses.delete(guess);
    void again(id);
  }
}

async function onRow(id: Id, guess: Partial<TicketRow>, call: () => Promise<TicketRow>): Promise<boolean> {
  const before = knownRow(id);
  const putBack = assume(id, guess);
  if (before) applyRows([{ ...before, ...guess }]);
  try {
    applyRows([await call()]);
    return true;
  } catch (problem) {
    putBack();
    if (before) applyRows([before]);
    complain(problem);
    return false;
  } finally {
    void catchUp(id);
    void again(id);
  }
}

export async function merge(target: Id, sources: Id[]): Promise<boolean> {
  try {
    applyRows([await api.post<TicketRow>(`/tickets/${target}/merge`, { sourceIds: sources })]);
  } catch (problem) {
    complain(problem);
    return false;
  }
  [target, ...sources].forEach((id) => (void catchUp(id), void again(id)));
  announce(t("craft.merged", { n: sources.length, id: target }), t("craft.undo"), () => void sources.reduce((before, one) => before.then(() => unmerge(one)), Promise.resolve()));
  return true;
}
export async function unmerge(source: Id): Promise<void> {
  try {
    const into = known(source)?.mergedIntoId;
    applyRows([await api.post<TicketRow>(`/tickets/${source}/unmerge`)]);
    tell(t("craft.unmerged", { id: source }));
    if (into) void again(into);
  } catch (problem) {
    complain(problem);
  }
  void catchUp(source);
  void again(source);
}

export const snooze = (id: Id, until: Iso): Promise<void> => {
  const before = knownRow(id)?.snoozedUntil ?? null;
  return onRow(id, { status: "hold", waitingSince: null, snoozedUntil: until }, () => api.post<TicketRow>(`/tickets/${id}/snooze`, { until })).then(
    (done) => void (done && announce(t("craft.snoozed", { time: date(until, "weekday") }), t("craft.undo"), () => void (before ? snooze(id, before) : wake(id)))),
  );
};
export const wake = (id: Id): Promise<boolean> =>
  onRow(id, { status: "open", snoozedUntil: null }, () => api.post<TicketRow>(`/tickets/${id}/snooze`, { until: null }));

/** The moment a phrase means in the reader's zone; null when it is not understood. */
export const meant = (phrase: string, zone: string): Promise<Iso | null> =>
  api.get<{ until: Iso | null }>(`/moments?phrase=${encodeURIComponent(phrase)}&zone=${encodeURIComponent(zone)}`).then((found) => found.until);

export function toggleFollow(id: Id): void {
  const mine = me.value?.id ?? 0;
  const on = known(id)?.followers.includes(mine) ?? false;
  const followers = (craft: Craft) => ({ ...craft, followers: [...craft.followers.filter((one) => one !== mine), ...(on ? [] : [mine])] });
  void act(id, followers, () => (on ? api.delete(`/tickets/${id}/follow`) : api.put(`/tickets/${id}/follow`, {}))).then(() => {
    void cache.invalidateQueries({ queryKey: ["followed"] });
    void listen();
    announce(t(on ? "craft.unfollowedNow" : "craft.followedNow", { id }), t("craft.undo"), () => toggleFollow(id), 4000);
  });
}

export const link = (id: Id, toId: Id, kind: LinkKind) => act(id, (one) => one, () => api.post<Craft>(`/tickets/${id}/links`, { toId, kind })).then(() => catchUp(id));

/** A link as it is stored: which way it was said. */
export function stored(one: Linked): { from: Id; to: Id; kind: LinkKind } | null {
  const ways: Record<string, [LinkKind, boolean]> = {
    related: ["related", true], duplicate_of: ["duplicate_of", true], duplicated_by: ["duplicate_of", false], caused_by: ["caused_by", true],
    causes: ["caused_by", false], parent: ["child_of", true], child: ["child_of", false],
  };
  const way = ways[one.relation];
  return way ? { from: way[1] ? one.ofId : one.id, to: way[1] ? one.id : one.ofId, kind: way[0] } : null;
}
export function unlink(id: Id, one: Linked): void {
  const link = stored(one);
  if (!link) return;
  const without = (craft: Craft) => ({ ...craft, links: craft.links.filter((each) => each !== one && !(each.id === one.id && each.relation === one.relation)) });
  void act(id, without, () => api.delete<Craft>(`/tickets/${link.from}/links/${link.kind}/${link.to}`)).then((done) => {
    if (!done) return;
    void catchUp(id);
    announce(t("craft.unlinked", { id: one.id }), t("craft.undo"), () => void api.post(`/tickets/${link.from}/links`, { toId: link.to, kind: link.kind }).then(() => (void again(id), void catchUp(id)), complain));
  });
}

// Steps are changed one after the other, so that one that is still being added is there when something is done to it.
const lines = new Map<Id, Promise<unknown>>();
const numbers = new Map<string, Id>();
const numberOf = (step: Step): Id => numbers.get(step.clientKey) ?? step.id;
function inLine(id: Id, call: () => Promise<Step[]>): Promise<Step[]> {
  const turn = (lines.get(id) ?? Promise.resolve()).then(call).then((all) => {
    all.forEach((one) => numbers.set(one.clientKey, one.id));
    return all;
  });
  lines.set(id, turn.catch(() => undefined));
  return turn;
}
const steps = (id: Id, guess: (steps: Step[]) => Step[], call: () => Promise<Step[]>) =>
  act(id, (craft) => ({ ...craft, steps: guess(craft.steps) }), () => inLine(id, call));
export const addStep = (id: Id, body: string) => {
  const clientKey = newKey();
  const guess: Step = { id: -Date.now(), position: 1e6, body, doneAt: null, doneBy: null, clientKey };
  return steps(id, (all) => (all.some((one) => one.clientKey === clientKey) ? all : [...all, guess]), () => api.post<Step[]>(`/tickets/${id}/checklist`, { body, clientKey }));
};
export const addUsual = (id: Id) => steps(id, (all) => all, () => api.post<Step[]>(`/tickets/${id}/checklist`, { clientKey: newKey() }));
export const tick = (id: Id, step: Step) =>
  steps(
    id,
    (all) => all.map((one) => (one.clientKey === step.clientKey ? { ...one, doneAt: step.doneAt ? null : new Date().toISOString(), doneBy: step.doneAt ? null : (me.value?.id ?? null) } : one)),
    () => api.patch<Step[]>(`/tickets/${id}/checklist/${numberOf(step)}`, { done: !step.doneAt }),
  );
export function moveStep(id: Id, step: Step, by: -1 | 1): void {
  const all = known(id)?.steps ?? [];
  const at = all.findIndex((one) => one.clientKey === step.clientKey);
  if (at + by < 0 || at + by >= all.length) return;
  const before = all.filter((one) => one !== all[at])[at + by];
  const moved = (now: Step[]): Step[] => {
    const rest = now.filter((one) => one.clientKey !== step.clientKey);
    const it = now.find((one) => one.clientKey === step.clientKey) ?? step;
    const place = before ? rest.findIndex((one) => one.clientKey === before.clientKey) : -1;
    return place < 0 ? [...rest, it] : [...rest.slice(0, place), it, ...rest.slice(place)];
  };
  void steps(id, moved, () => api.patch<Step[]>(`/tickets/${id}/checklist/${numberOf(step)}`, before ? { beforeId: numberOf(before) } : { last: true }));
}
export const dropStep = (id: Id, step: Step) =>
  steps(id, (all) => all.filter((one) => one.clientKey !== step.clientKey), () => api.delete<Step[]>(`/tickets/${id}/checklist/${numberOf(step)}`)).then(
    (done) => done && announce(t("craft.stepGone"), t("craft.undo"), () => void addStep(id, step.body)),
  );

export async function addEffort(id: Id, seconds: number, note: string): Promise<boolean> {
  const clientKey = newKey();
  const done = await act(id, (craft) => craft, () => api.post(`/tickets/${id}/efforts`, { seconds, note, clientKey }));
  if (done) announce(t("craft.timeAdded"), t("craft.undo"), () => void act(id, (craft) => craft, () => api.delete(`/tickets/${id}/efforts/${clientKey}`)));
  return done !== undefined;
}

const everyMs = 30_000;
const idleMs = 120_000;
/** Counts, quietly, how long this ticket is looked at: a visible page and somebody who moves. The returned function ends it. */
export function countVisit(id: Id): () => void {
  const clientKey = newKey();
  let seconds = 0;
  let told = 0;
  let moved = Date.now();
  const move = () => (moved = Date.now());
  const tellTime = () => {
    if (seconds <= told || seconds < 3) return;
    told = seconds;
    api.post(`/tickets/${id}/visits`, { seconds, clientKey }).catch(() => undefined);
  };
  const second = setInterval(() => {
    if (document.visibilityState === "visible" && Date.now() - moved < idleMs) seconds += 1;
    if (seconds - told >= everyMs / 1000) tellTime();
  }, 1000);
  const events = ["pointermove", "keydown", "pointerdown", "wheel"] as const;
  events.forEach((name) => window.addEventListener(name, move, { passive: true }));
  document.addEventListener("visibilitychange", tellTime);
  return () => {
    clearInterval(second);
    events.forEach((name) => window.removeEventListener(name, move));
    document.removeEventListener("visibilitychange", tellTime);
    tellTime();
  };
}
