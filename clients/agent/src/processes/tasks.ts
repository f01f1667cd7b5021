// Process tasks: the lists, one task, what is done with it, and the strip on a ticket. Live frames say when to ask again.
import { useQuery } from "@tanstack/vue-query";
import { computed, onBeforeUnmount, toValue, type MaybeRefOrGetter } from "vue";
import { cache } from "@/api/cache";
import { api, query, Refused } from "@/api/client";
import type { Id } from "@/api/types";
import { complain } from "@/kit/notices";
import { onFrame } from "@/live/socket";
import type { components } from "../../../api/schema";

type Shape = components["schemas"];
export type TaskRow = Shape["TaskRow"];
export type TaskList = Shape["TaskList"];
export type TaskSheet = Shape["TaskSheet"];
export type Strip = Shape["Strip"];
export type InstanceView = Shape["InstanceView"];
export type VisitView = Shape["VisitView"];
export type Field = Shape["Field"];
export type Box = "open" | "mine" | "done" | "all";

export const useTasks = (box: MaybeRefOrGetter<Box>, party: MaybeRefOrGetter<string>) =>
  useQuery({ queryKey: computed(() => ["tasks", toValue(box), toValue(party)]), queryFn: () => api.get<TaskList>(`/tasks${query({ box: toValue(box), party: toValue(party) })}`), staleTime: 0 });
export const useTask = (id: MaybeRefOrGetter<Id>) =>
  useQuery({ queryKey: computed(() => ["task", toValue(id)]), queryFn: () => api.get<TaskSheet>(`/tasks/${toValue(id)}`), staleTime: 0, retry: false });
export const useStrip = (ticketId: MaybeRefOrGetter<Id>) =>
  useQuery({ queryKey: computed(() => ["strip", toValue(ticketId)]), queryFn: () => api.get<Strip>(`/tickets/${toValue(ticketId)}/processes`), staleTime: 0 });

let timer: ReturnType<typeof setTimeout> | undefined;
/** Asks afresh for the lists, once for many frames. */
function listsChanged(): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    void cache.invalidateQueries({ queryKey: ["tasks"] });
    void cache.invalidateQueries({ queryKey: ["task"] });
  }, 150);
}
/** While something of processes is on screen: hears what moves. */
export function hearProcesses(): void {
  const stop = onFrame((frame, resumed) => {
    if (resumed) return listsChanged();
    if (frame.op !== "event" || frame.kind !== "process") return;
    listsChanged();
    void cache.invalidateQueries({ queryKey: ["strip", frame.ticketId] });
  });
  onBeforeUnmount(stop);
}

/** What the server made of it; null when it was refused, which was said (fields at fault: `onFields`). */
async function act(call: () => Promise<TaskSheet>, onFields?: (fields: Record<string, string>) => void): Promise<TaskSheet | null> {
  try {
    const sheet = await call();
    cache.setQueryData(["task", sheet.visit.taskId], sheet);
    void cache.invalidateQueries({ queryKey: ["tasks"] });
    void cache.invalidateQueries({ queryKey: ["strip", sheet.ticketId] });
    return sheet;
  } catch (problem) {
    if (problem instanceof Refused && Object.keys(problem.fields).length && onFields) onFields(problem.fields);
    complain(problem);
    void cache.invalidateQueries({ queryKey: ["task"] });
    return null;
  }
}
type Fields = (fields: Record<string, string>) => void;
export const claim = (id: Id, takeOver = false) => act(() => api.post(`/tasks/${id}/claim`, { takeOver }));
export const release = (id: Id) => act(() => api.post(`/tasks/${id}/release`));
export const complete = (id: Id, answer: { clientKey: string; values: Record<string, unknown>; choice: string | null; note: string }, onFields: Fields) =>
  act(() => api.post(`/tasks/${id}/complete`, answer), onFields);
export const handBack = (id: Id, to: string, reason: string, clientKey: string, onFields: Fields) => act(() => api.post(`/tasks/${id}/hand-back`, { to, reason, clientKey }), onFields);
export const escalate = (id: Id, reason: string, onFields: Fields) => act(() => api.post(`/tasks/${id}/escalate`, { reason }), onFields);

async function onTicket(ticketId: Id, call: () => Promise<Strip>): Promise<boolean> {
  try {
    cache.setQueryData(["strip", ticketId], await call());
    return true;
  } catch (problem) {
    complain(problem);
    return false;
  }
}
export const start = (ticketId: Id, key: string, clientKey: string) => onTicket(ticketId, () => api.post(`/tickets/${ticketId}/processes`, { key, clientKey }));
export const stop = (ticketId: Id, instanceId: Id, reason: string) => onTicket(ticketId, () => api.post(`/processes/instances/${instanceId}/stop`, { reason }));

export const stepIcons: Record<string, string> = {
  task: "i-lucide-user-round", decision: "i-lucide-diamond", split: "i-lucide-git-fork", join: "i-lucide-git-merge", wait: "i-lucide-hourglass", end: "i-lucide-flag",
};
export const stateIcons: Record<string, string> = {
  open: "i-lucide-circle-dot", waiting: "i-lucide-hourglass", done: "i-lucide-circle-check", handed_back: "i-lucide-corner-up-left", dropped: "i-lucide-circle-slash",
};
