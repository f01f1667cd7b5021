// What an agent does to a ticket: shown at once, put back visibly when the server refuses.
import { api, Offline, Refused } from "@/api/client";
import type { Id, Priority, Status, TicketRow } from "@/api/types";
import { complain, notify, tell } from "@/kit/notices";
import { i18n } from "@/kit/words";
import { me } from "@/staff/session";
import { applyRows, knownRow } from "./lists";
import { assume, catchUp } from "./open";
import { worked } from "./worked";

const t = i18n.global.t;

async function act(id: Id, guess: Partial<TicketRow>, call: () => Promise<TicketRow>): Promise<boolean> {
  const before = knownRow(id);
  const putBack = assume(id, guess);
  if (before) applyRows([{ ...before, ...guess }]);
  try {
    applyRows([await call()]);
    void catchUp(id);
    return true;
  } catch (problem) {
    putBack();
    if (before) applyRows([before]);
    // Nothing is done behind her back later, on a ticket that has moved on: she sees it is not done, and does it again.
    if (problem instanceof Offline) notify({ tone: "late", title: t("tickets.notDone", { id }), label: t("tickets.again"), act: () => void act(id, guess, call), ms: 30_000 });
    else complain(problem);
    // Somebody else was first: show what is true now.
    if (problem instanceof Refused && problem.status === 409) void catchUp(id);
    return false;
  }
}

/** `expectedId`: who had it on this screen; the server refuses when somebody else has it by now. */
export const assign = (id: Id, personId: Id | null, expectedId: Id | null) =>
  act(id, { assigneeId: personId }, () => api.post<TicketRow>(`/tickets/${id}/assign`, { personId, expectedId }));

export const take = (id: Id) =>
  act(id, { assigneeId: me.value?.id ?? null }, () => api.post<TicketRow>(`/tickets/${id}/take`));

export const handOff = (id: Id, queueId: Id, note: string) =>
  act(id, { queueId, assigneeId: null }, () =>
    api.post<TicketRow>(`/tickets/${id}/hand-off`, { queueId, note: note || undefined }),
  );

export interface Changes {
  categoryId?: Id;
  priority?: Priority;
  status?: Extract<Status, "open" | "pending" | "hold">;
}

export const amend = (id: Id, changes: Changes) =>
  act(id, changes, () => api.patch<TicketRow>(`/tickets/${id}`, changes));

export const reopen = (id: Id) =>
  act(id, { status: "open", resolvedAt: null }, () => api.post<TicketRow>(`/tickets/${id}/reopen`));

export interface End {
  solution: string;
  body: string;
  baseSeq: number;
  clientKey: string;
  causeId?: Id | null;
  fields?: Record<string, string>;
}

/** Not guessed ahead: a stale last reply must stop it, and the dialog shows why. */
export async function resolve(id: Id, end: End): Promise<void> {
  const { body, baseSeq, clientKey, ...lesson } = end;
  const row = await api.post<TicketRow>(`/tickets/${id}/resolve`, body ? { ...lesson, body, baseSeq, clientKey } : lesson);
  applyRows([row]);
  void catchUp(id);
  worked(id);
}

/** The next ticket this agent should work on; null when nothing waits. */
export async function pullNext(): Promise<TicketRow | null> {
  try {
    const row = await api.post<TicketRow | null>("/tickets/next");
    if (row) applyRows([row]);
    else tell(t("tickets.nothingWaiting"));
    return row;
  } catch (problem) {
    complain(problem);
    return null;
  }
}
