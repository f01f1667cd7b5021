/** Messages and questions on their way: kept on the phone until the server has them, in order, never doubled. */
import { loadTickets, openTicket, type NewTicket } from "./actions";
import { ApiError, call } from "./api";
import { contextUsed } from "./context";
import { t } from "./i18n";
import { forgetKept, uploaded } from "./kept";
import { distrust, sendLive } from "./live";
import { goInstead, toast } from "./navigate";
import { currentScreen } from "./store";
import { drop, load, newKey, save } from "./storage";
import { playerKey } from "./token";
import type { FileInfo, Frame, Message } from "./types";

/** Who asked for a chat this long ago may be gone: her question then is a ticket. */
const CHAT_LASTS = 600_000;

export type Unsent = {
  clientKey: string;
  ticketId: number;
  body: string;
  attachments: FileInfo[];
  createdAt: string;
  /** A question of its own, from the form whose draft lies there. */
  ticket?: NewTicket;
  draft?: string;
  /** Set when the server refused it for good; the player decides what happens. */
  problem?: string;
};

let items: Unsent[] = [];
let busy: string | null = null;
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let acknowledged: ((frame: Frame) => void) | null = null;
let changed = (): void => undefined;
let delivered = (_: Message): void => undefined;

export function startOutbox(onChange: () => void, onDelivered: (message: Message) => void): void {
  changed = onChange;
  delivered = onDelivered;
  items = load<Unsent[]>(playerKey("outbox")) ?? [];
  wakeOutbox();
}

/** Questions that wait for a connection. */
export function unsentTickets(): Unsent[] {
  return items.filter((item) => item.ticket);
}

export function unsentOf(ticketId: number): Unsent[] {
  return items.filter((item) => item.ticketId === ticketId);
}

export function post(ticketId: number, body: string, attachments: FileInfo[]): void {
  items.push({ clientKey: newKey(), ticketId, body, attachments, createdAt: new Date().toISOString() });
  keep();
  void pump();
}

export function postTicket(ticket: NewTicket, clientKey: string, draft: string): void {
  items.push({ clientKey, ticketId: 0, body: ticket.body, attachments: [], createdAt: new Date().toISOString(), ticket, draft });
  keep();
  wakeOutbox();
}

export function retryUnsent(clientKey: string): void {
  const item = items.find((one) => one.clientKey === clientKey);
  if (item) delete item.problem;
  keep();
  wakeOutbox();
}

export function forgetUnsent(clientKey: string): void {
  // A question's pictures stay with its draft.
  forgetKept(items.flatMap((item) => (item.clientKey === clientKey ? item.attachments.map((file) => file.id) : [])));
  items = items.filter((item) => item.clientKey !== clientKey);
  keep();
}

/** Something changed for the better (connection, token): do not wait for the back-off. */
export function wakeOutbox(): void {
  failures = 0;
  clearTimeout(timer);
  void pump();
}

/** An answer to something sent over the live line. */
export function acknowledge(frame: Frame): void {
  if (frame.clientKey === busy) acknowledged?.(frame);
}

function keep(): void {
  save(playerKey("outbox"), items);
  changed();
}

async function pump(): Promise<void> {
  // What was refused waits for the player; what comes after it still goes.
  const next = items.find((item) => !item.problem);
  if (busy || !next) return;
  busy = next.clientKey;
  try {
    if (next.ticket) await ask(next, next.ticket);
    else delivered(await deliver(next));
    failures = 0;
    // First the message, then its removal here: between the two it is hidden by its key, never missing.
    forgetUnsent(next.clientKey);
  } catch (error) {
    if (error instanceof ApiError && !error.passing && error.status !== 401) {
      next.problem = error.message;
      keep();
    } else {
      failures += 1;
      clearTimeout(timer);
      timer = setTimeout(() => void pump(), Math.min(30_000, 1000 * 2 ** Math.min(failures, 5)) * (0.5 + Math.random()));
      return;
    }
  } finally {
    busy = null;
  }
  void pump();
}

async function ask(item: Unsent, wanted: NewTicket): Promise<void> {
  const live = wanted.live && Date.now() - Date.parse(item.createdAt) < CHAT_LASTS;
  let id = 0;
  try {
    ({ id } = await openTicket({ ...wanted, live }, item.clientKey));
  } catch (error) {
    // It was there already, by a try whose answer was lost.
    if (!(error instanceof ApiError && error.code === "key_reused")) throw error;
    await loadTickets();
  }
  if (item.draft) drop(item.draft);
  contextUsed();
  const screen = currentScreen();
  if (!id) return toast(t("heldSent"));
  if ((screen.name === "form" && screen.category === wanted.category) || (screen.name === "chat" && wanted.live)) goInstead({ name: "ticket", id });
  else toast(t("heldSent"), id);
}

async function deliver(item: Unsent): Promise<Message> {
  const { clientKey, ticketId, body } = item;
  const attachments = await uploaded(item.attachments.map((file) => file.id));
  if (sendLive({ op: "send", ticketId, clientKey, body, attachments })) {
    const answer = await new Promise<Frame | null>((done) => {
      acknowledged = done;
      setTimeout(() => done(null), 8_000);
    });
    acknowledged = null;
    if (answer?.op === "ack" && answer.message) return answer.message;
    if (!answer) distrust();
    // Refused over the line: asked again by HTTP, whose status says whether trying later makes sense.
  }
  return call<Message>("POST", `/tickets/${ticketId}/messages`, { body: { body, attachments, clientKey } });
}

window.addEventListener("online", wakeOutbox);
