import type { TicketRow } from "@/api/types";

/** A ticket row with sensible values; a test names only what it is about. */
export function row(values: Partial<TicketRow> = {}): TicketRow {
  return {
    id: 1, brandId: 1, playerId: 1, channel: "game", live: false, categoryId: null, subject: "充值648元没到账", language: "zh", status: "new",
    priority: 2, tier: "none", queueId: 1, assigneeId: null, assignedAt: null, playerName: "小鱼干", serverKey: null, serverName: null,
    characterName: null, preview: "", lastAuthor: "player", lastMessageAt: "2026-11-22T04:00:00.000000Z", waitingSince: null,
    rankAt: "2026-11-22T04:00:00.000000Z", seq: 1, publicSeq: 1, staffUnread: 0, playerUnread: 0, dueAt: null, dueKind: null, warnAt: null,
    breached: false, escalatedAt: null, firstResponseAt: null, resolvedAt: null, reopened: 0, rating: null,
    createdAt: "2026-11-22T04:00:00.000000Z", updatedAt: "2026-11-22T04:00:00.000000Z", snoozedUntil: null, ...values,
  };
}
