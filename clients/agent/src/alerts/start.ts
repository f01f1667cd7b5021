// News becomes a tone or a notice of the operating system, as the person chose; never for what she did herself.
import type { Frame, Id, TicketRow } from "@/api/types";
import { readerZone } from "@/kit/formats";
import { speakOut } from "@/kit/notices";
import { preferences } from "@/kit/preferences";
import { t } from "@/kit/words";
import { serverNow } from "@/live/clock";
import { onFrame } from "@/live/socket";
import { router } from "@/shell/router";
import { me } from "@/staff/session";
import { knownRow } from "@/tickets/lists";
import { isLeader, standForLeader } from "./leader";
import { minutesIn, wanted, type Alarm } from "./rules";
import { ring } from "./tones";

/** The same kind rings once in this time, however much comes at once. */
const breathMs = 1500;
/** A message older than this is history heard again after a lost connection. */
const freshMs = 15_000;
const lastRing = new Map<Alarm, number>();
const told = new Map<Id, number>();

function address(kind: Alarm, row: TicketRow | undefined, id: Id): string {
  return row?.live && row.assigneeId === me.value?.id ? `/chats/${id}` : kind === "mention" ? `/ticket/${id}` : `/tickets/mine/${id}`;
}

function show(kind: Alarm, row: TicketRow | undefined, id: Id): void {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const body = row ? `${row.playerName} · ${kind === "message" ? row.preview : row.subject}` : `#${id}`;
  // One notice a ticket: news about it replaces what was said before.
  const notice = new Notification(t(`alerts.${kind}`), { body, tag: `playerdesk-${id}`, silent: true, icon: "/icon.svg" });
  notice.onclick = () => {
    window.focus();
    void router.push(address(kind, row, id));
    notice.close();
  };
}

function alarm(kind: Alarm, id: Id): void {
  const row = knownRow(id);
  const looking = Number(router.currentRoute.value.params.id ?? 0) === id && document.visibilityState === "visible";
  if (!looking || kind === "late") speakOut(`${t(`alerts.${kind}`)} ${row?.playerName ?? `#${id}`}`);
  if (!isLeader()) return;
  const todo = wanted(kind, preferences.value, { focused: document.hasFocus(), looking, minutes: minutesIn(readerZone(), serverNow()) });
  if (todo.notice) show(kind, row, id);
  if (todo.sound && Date.now() - (lastRing.get(kind) ?? 0) > breathMs) {
    lastRing.set(kind, Date.now());
    void ring(kind, preferences.value.volume);
  }
}

function messages(rows: TicketRow[]): void {
  for (const row of rows) {
    const at = Date.parse(row.lastMessageAt);
    const known = told.get(row.id) ?? 0;
    if (row.assigneeId !== me.value?.id || row.lastAuthor !== "player" || at <= known) continue;
    told.set(row.id, at);
    // Its first message is told as a new chat or ticket.
    const fresh = serverNow() - at < freshMs && row.publicSeq > 1 && at - Date.parse(row.createdAt) > 1000;
    if (fresh) alarm("message", row.id);
  }
}

function hear(frame: Frame): void {
  if (frame.op === "rows") return messages(frame.rows);
  if (frame.op !== "event") return;
  const data = (frame.data ?? {}) as { live?: boolean; byId?: Id | null; clock?: string };
  // She did it herself, on this screen or another one.
  if (data.byId && data.byId === me.value?.id) return;
  const kind: Alarm | null =
    frame.kind === "assigned" ? (data.live ? "chat" : "ticket") : frame.kind === "mention" ? "mention" : (frame.kind === "breach" && data.clock !== "resolution") || frame.kind === "escalated" ? "late" : null;
  if (!kind) return;
  // The rows of this tick come right behind: what is not hers any more is old news.
  setTimeout(() => {
    const row = knownRow(frame.ticketId);
    if (kind === "mention" || frame.kind === "escalated" || !row || row.assigneeId === me.value?.id) alarm(kind, frame.ticketId);
  }, 150);
}

export function start(): () => void {
  standForLeader();
  return onFrame(hear);
}

/** As it will sound, asked for by hand. */
export const tryOut = (kind: Alarm): Promise<void> => ring(kind, preferences.value.volume || 60);
