/** What the live line brings, applied to what we know. */
import { catchUp, emit, keepTicket, listen, loadSession, loadTickets, markRead, seeing, setUnread } from "./actions";
import { tell } from "./host";
import { t } from "./i18n";
import { toast } from "./navigate";
import { acknowledge, wakeOutbox } from "./outbox";
import { addMessages, change, currentScreen, lastNumber, state, thread } from "./store";
import type { Frame, Message, Place, Ticket } from "./types";

const quiet = (): undefined => undefined;

export function applyFrame(frame: Frame): void {
  if (frame.op === "ready" && frame.unread !== undefined) setUnread(frame.unread);
  else if (frame.op === "ack" || frame.op === "refused") acknowledge(frame);
  else if (frame.op === "reset") refresh();
  else if (frame.op === "event") applyEvent(frame);
}

function applyEvent(frame: Frame): void {
  const id = frame.ticketId ?? 0;
  switch (frame.kind) {
    case "message":
      return receive(frame.data as Message);
    case "ticket":
      return keepTicket(frame.data as Ticket);
    case "typing":
      change({ typing: { ...state.typing, [id]: Date.now() } });
      setTimeout(change, 5_100);
      return;
    case "read": {
      const ticket = state.tickets[id];
      const { number } = frame.data as { number: number };
      if (ticket && number > ticket.staffRead) keepTicket({ ...ticket, staffRead: number });
      return;
    }
    case "place": {
      const place = frame.data as Place;
      thread(id).place = place;
      emit("queue", { id, place: place.place, eta: place.expectedWaitSeconds });
      return change();
    }
    case "unread":
      return setUnread((frame.data as { unread: number }).unread);
  }
}

/** A message is shown once, whichever way it came first: answer, acknowledgement, push or catching up. */
export function receive(message: Message): void {
  const id = message.ticketId;
  const known = lastNumber(id);
  const into = thread(id);
  const gap = into.loaded && message.number > known + 1;
  const fresh = message.number > known;
  if (into.loaded) addMessages(id, [message]);
  if (message.notice === "chat_accepted") into.place = { state: "live", place: null, expectedWaitSeconds: null };
  if (fresh) advance(message);
  if (message.author !== "player") change({ typing: { ...state.typing, [id]: 0 } });
  else change();
  if (gap) catchUp(id).catch(quiet);
  markRead(id);
  if (!fresh || message.author === "player") return;
  emit("message", { id, number: message.number, kind: message.notice ?? message.author });
  if (!seeing(id)) announce(message);
}

/** Ordinary messages come without their ticket: where it stands then is plain from who spoke. */
function advance(message: Message): void {
  const ticket = state.tickets[message.ticketId];
  if (!ticket || message.number <= ticket.lastNumber) return;
  const staff = message.author === "staff";
  const over = ticket.status === "resolved" || ticket.status === "closed";
  keepTicket({
    ...ticket,
    lastNumber: message.number,
    updatedAt: message.createdAt,
    preview: message.body || ticket.preview,
    unread: ticket.unread + (staff ? 1 : 0),
    stage: over || message.author === "system" ? ticket.stage : staff ? "replied" : ticket.stage === "replied" ? "processing" : ticket.stage,
  });
}

/** One notice a message: inside the panel when it is open, in the game when it is not. */
function announce(message: Message): void {
  const ticket = state.tickets[message.ticketId];
  if (!ticket) loadTickets().catch(quiet);
  if (message.author !== "staff") return;
  const name = message.authorName ?? t("agent");
  const text = message.body || t("picture");
  if (state.open && !document.hidden) toast(`${name}: ${text}`, message.ticketId);
  else tell("notice", { id: `${message.ticketId}-${message.number}`, ticketId: message.ticketId, name, text });
}

/** Connected again, or told that too much was missed: fetch what is on the screen anew. */
export function refresh(): void {
  wakeOutbox();
  const screen = currentScreen();
  loadTickets().catch(quiet);
  if (screen.name === "home") loadSession().catch(quiet);
  if (screen.name !== "ticket") return;
  listen(screen.id);
  catchUp(screen.id).catch(quiet);
}
