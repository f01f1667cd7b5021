// The views of the desk: their address, what the server is asked for, which rows belong and how they stand.
import type { Id, TicketRow } from "@/api/types";
import { readerZone } from "@/kit/formats";

export type ViewKind =
  | "mine" | "queue" | "unassigned" | "open" | "pending" | "snoozed" | "escalated" | "resolved" | "recent" | "drill"
  | "person" | "person-chats" | "person-tickets" | "saved";

export interface View {
  /** As in the address: "mine", "queue-3". */
  key: string;
  kind: ViewKind;
  queueId: Id | null;
  savedId: Id | null;
  /** What else the server filters by: a drill's metric, hour, channel …, or a list's tier. */
  filter: Record<string, string>;
}

const kinds: ViewKind[] = ["mine", "unassigned", "open", "pending", "snoozed", "escalated", "resolved", "recent", "drill", "person", "person-chats", "person-tickets"];

/** Opened from a number of the board, and led back there. */
export const ofBoard = (view: View): boolean => view.kind === "drill" || view.kind.startsWith("person");

/** Reads a view from the address; anything unknown is the reader's own work. */
export function viewOf(key: string, query: Record<string, unknown> = {}): View {
  const filter: Record<string, string> = {};
  for (const name of ["metric", "hour", "day", "channel", "tier", "brand", "player", "queue", "assignee", "where"]) {
    const value = query[name];
    if (typeof value === "string" && value) filter[name] = value;
  }
  const queue = /^queue-(\d+)$/.exec(key);
  if (queue) return { key, kind: "queue", queueId: Number(queue[1]), savedId: null, filter };
  const saved = /^view-(\d+)$/.exec(key);
  if (saved) return { key, kind: "saved", queueId: null, savedId: Number(saved[1]), filter };
  const kind = kinds.find((one) => one === key) ?? "mine";
  return { key: kind, kind, queueId: null, savedId: null, filter };
}

/** The query of `GET /tickets` for a view. */
export function asked(view: View): Record<string, string | number | null> {
  return { view: view.kind, queue: view.queueId, saved: view.savedId, ...view.filter };
}

/** Everything in a view, as bulk changes and exports are asked for it. */
export function wholeOf(view: View) {
  const { queue, saved, where, brand, channel, tier } = asked(view);
  return { view: view.kind, queue: queue === null ? null : Number(queue), saved, where, brand: Number(brand) || undefined, channel, tier };
}
/** The question of an export: the view's tickets, of one player if it is hers alone. */
export const questionOf = (view: View) => ({ wholeList: wholeOf(view), player: Number(view.filter.player) || undefined, zone: readerZone() });

const isOpen = (row: TicketRow) => row.status !== "resolved" && row.status !== "closed";
const isWaiting = (row: TicketRow) => row.status === "new" || row.status === "open";
const inHand = (view: View, row: TicketRow, me: Id) => row.assigneeId === Number(view.filter.assignee ?? me) && isOpen(row);

function filtered(view: View, row: TicketRow): boolean {
  const { tier, channel, brand, player, queue } = view.filter;
  return (
    (!tier || row.tier === tier) &&
    (!channel || row.channel === channel) &&
    (!queue || String(row.queueId) === queue) &&
    (!brand || brand === "all" || String(row.brandId) === brand) &&
    (!player || String(row.playerId) === player)
  );
}

/** A written condition is decided by the server alone; such a list is read again when its tickets move. */
export const onlyServerTells = (view: View): boolean => view.kind === "saved" || "where" in view.filter;

/** Whether a row stands in a view; null where only the server can tell. */
export function belongs(view: View, row: TicketRow, me: Id): boolean | null {
  if (!filtered(view, row)) return false;
  if (onlyServerTells(view)) return null;
  switch (view.kind) {
    case "mine":
      return row.assigneeId === me && isOpen(row);
    case "person":
      return inHand(view, row, me);
    case "person-chats":
      return inHand(view, row, me) && row.live;
    case "person-tickets":
      return inHand(view, row, me) && !row.live && isWaiting(row);
    case "queue":
      return row.queueId === view.queueId && row.assigneeId === null && isWaiting(row);
    case "unassigned":
      return row.assigneeId === null && isWaiting(row);
    case "open":
      return isOpen(row);
    case "pending":
      return row.status === "pending" || row.status === "hold";
    case "snoozed":
      return row.snoozedUntil !== null;
    case "escalated":
      return row.escalatedAt !== null && isOpen(row);
    case "resolved":
      return row.resolvedAt !== null && !isOpen(row);
    default:
      return null;
  }
}

// To the microsecond, which Date would round away; a full second comes without its zeros.
const instant = (iso: string | null) => (iso === null ? "" : iso.includes(".") ? iso : iso.replace("Z", ".000000Z"));
const text = (a: string | null, b: string | null) => (instant(a) < instant(b) ? -1 : instant(a) > instant(b) ? 1 : 0);

/** The order in which the server lists a view. */
export function order(view: View): (a: TicketRow, b: TicketRow) => number {
  if (view.kind === "resolved") return (a, b) => text(b.resolvedAt, a.resolvedAt) || b.id - a.id;
  if (view.kind === "snoozed") return (a, b) => text(a.snoozedUntil, b.snoozedUntil) || a.id - b.id;
  if (view.kind === "escalated") return (a, b) => text(a.escalatedAt, b.escalatedAt) || a.id - b.id;
  if (view.kind === "recent" || view.kind === "drill") return (a, b) => text(b.createdAt, a.createdAt) || b.id - a.id;
  return (a, b) => text(a.rankAt, b.rankAt) || a.id - b.id;
}
