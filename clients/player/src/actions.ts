/** What the player can do, each as one function: ask the server, keep the answer, show it. */
import { ApiError, call } from "./api";
import { tell } from "./host";
import { setLanguage, t } from "./i18n";
import { forgetKept, uploaded } from "./kept";
import { sendLive } from "./live";
import { toast } from "./navigate";
import { addMessages, change, currentScreen, lastNumber, state, thread } from "./store";
import { applyTheme } from "./theme";
import type { Message, Place, Session, Ticket } from "./types";

export function emit(name: string, data: unknown): void {
  tell("event", { name, data });
}

export function explain(error: unknown): string {
  return error instanceof ApiError ? error.message : t("errServer");
}

const readUpTo: Record<number, number> = {};

export function keepTicket(given: Ticket): void {
  // An answer may be older than our word that all of it was read.
  const ticket = (readUpTo[given.id] ?? 0) < given.lastNumber ? given : { ...given, unread: 0 };
  const before = state.tickets[ticket.id];
  change({ tickets: { ...state.tickets, [ticket.id]: ticket } });
  if (state.listed) setUnread(Object.values(state.tickets).reduce((sum, one) => sum + one.unread, 0));
  if (before && (before.status !== ticket.status || before.stage !== ticket.stage)) {
    emit("ticket_changed", { id: ticket.id, state: ticket.status, stage: ticket.stage });
  }
  if (before && before.live !== ticket.live) emit(ticket.live ? "chat_started" : "chat_ended", { id: ticket.id });
}

let told = -1;

export function setUnread(unread: number): void {
  if (unread !== state.unread) change({ unread });
  if (unread === told) return;
  told = unread;
  emit("unread", { unread, cached: false });
}

export async function loadSession(): Promise<void> {
  const session = await call<Session>("GET", "/session");
  await setLanguage(session.language);
  applyTheme(session.brand.theme ?? {});
  change({ session, phase: "ready" });
  setUnread(session.unread);
}

export async function loadTickets(): Promise<void> {
  const { tickets } = await call<{ tickets: Ticket[] }>("GET", "/tickets");
  change({ listed: true });
  tickets.forEach(keepTicket);
}

export async function loadTicket(id: number): Promise<void> {
  const answer = await call<{ ticket: Ticket; messages: Message[]; place: Place | null }>("GET", `/tickets/${id}`);
  const into = thread(id);
  addMessages(id, answer.messages);
  into.place = answer.place;
  into.loaded = true;
  keepTicket(answer.ticket);
  markRead(id);
}

/** The conversation is on screen: the desk may tell us when the agent types. */
export function listen(id: number): void {
  sendLive({ op: "open", ticketId: id });
}

/** After a pause: only what is missing, by number. */
export async function catchUp(id: number): Promise<void> {
  if (!thread(id).loaded) return loadTicket(id);
  const { messages } = await call<{ messages: Message[] }>("GET", `/tickets/${id}/messages?after=${lastNumber(id)}`);
  addMessages(id, messages);
  if (state.tickets[id]?.live) thread(id).place = await call<Place>("GET", `/tickets/${id}/place`);
  change();
  markRead(id);
}

export function seeing(id: number): boolean {
  const screen = currentScreen();
  return state.open && !document.hidden && screen.name === "ticket" && screen.id === id;
}

/** Tells the desk what has been seen, once per message, and only while it can be seen. */
export function markRead(id: number): void {
  const number = lastNumber(id);
  const ticket = state.tickets[id];
  if (!seeing(id) || !number || (readUpTo[id] ?? 0) >= number) return;
  readUpTo[id] = number;
  if (!sendLive({ op: "read", ticketId: id, number })) {
    call("POST", `/tickets/${id}/read`, { body: { number } }).catch(() => delete readUpTo[id]);
  }
  if (ticket?.unread) keepTicket(ticket);
}

export type NewTicket = {
  category?: string;
  body: string;
  fields: Record<string, unknown>;
  attachments: string[];
  live: boolean;
};

/** The key makes a double tap, a retry and a reload one ticket. */
export async function openTicket(wanted: NewTicket, clientKey: string): Promise<Ticket> {
  const fields: NewTicket["fields"] = {};
  for (const [key, value] of Object.entries(wanted.fields)) fields[key] = Array.isArray(value) ? await uploaded(value as string[]) : value;
  const attachments = await uploaded(wanted.attachments);
  const answer = await call<Ticket & { rejected?: Record<string, string> }>("POST", "/tickets", {
    body: { ...wanted, fields, attachments, clientKey },
    headers: { "Idempotency-Key": clientKey },
    timeout: 20_000,
  });
  const { rejected, ...ticket } = answer;
  // Nothing is dropped silently: the game learns which of its context the desk could not take.
  if (rejected && Object.keys(rejected).length) emit("context_rejected", rejected);
  forgetKept([...wanted.attachments, ...Object.values(wanted.fields).flat().filter((one): one is string => typeof one === "string")]);
  keepTicket(ticket);
  emit(ticket.live ? "chat_started" : "ticket_changed", { id: ticket.id, state: ticket.status });
  return ticket;
}

export async function rate(id: number, score: number, reasons: string[], comment: string): Promise<void> {
  keepTicket(await call<Ticket>("POST", `/tickets/${id}/rating`, { body: { score, reasons, comment } }));
  emit("csat_done", { id, score });
}

export async function reopen(id: number): Promise<void> {
  keepTicket(await call<Ticket>("POST", `/tickets/${id}/reopen`, { body: {} }));
  await catchUp(id);
}

/** Out of the line or the chat; the question stays as a ticket. */
export async function leaveChat(id: number): Promise<void> {
  keepTicket(await call<Ticket>("POST", `/tickets/${id}/leave`));
  thread(id).place = null;
  await catchUp(id);
}

export async function nudge(id: number): Promise<void> {
  await call("POST", `/tickets/${id}/nudge`);
  toast(t("nudged"));
  await catchUp(id);
}
