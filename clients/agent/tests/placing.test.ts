import { expect, test } from "vitest";
import type { TicketRow } from "@/api/types";
import { place, without, type Pages } from "@/tickets/placing";
import { belongs, order, viewOf, type View } from "@/tickets/views";
import { row } from "./rows";

const me = 7;
const at = (minute: number) => `2026-11-22T04:${String(minute).padStart(2, "0")}:00.000000Z`;
const waiting = (id: number, minute: number, more: Partial<TicketRow> = {}) => row({ id, rankAt: at(minute), queueId: 3, ...more });
const ids = (pages: Pages) => pages.pages.map((page) => page.rows.map((one) => one.id));

function pages(...rows: TicketRow[][]): Pages {
  return {
    pages: rows.map((list, index) => ({ rows: list, next: index < rows.length - 1 ? String(index) : null, cursor: "1" })),
    pageParams: rows.map((_, place) => ({ mark: null, place })),
  };
}
const queue = viewOf("queue-3");

test("a new ticket stands at its rank", () => {
  const list = pages([waiting(1, 10), waiting(2, 30)]);
  expect(ids(place(list, queue, waiting(9, 20), me))).toEqual([[1, 9, 2]]);
});

test("a ticket somebody took leaves the queue", () => {
  const list = pages([waiting(1, 10), waiting(2, 30)]);
  expect(ids(place(list, queue, waiting(1, 10, { assigneeId: me, status: "open" }), me))).toEqual([[2]]);
});

test("a ticket whose rank changed moves, and never stands twice", () => {
  const list = pages([waiting(1, 10), waiting(2, 20)], [waiting(3, 30)]);
  expect(ids(place(list, queue, waiting(1, 25), me))).toEqual([[2], [1, 3]]);
});

test("a ticket behind everything loaded waits for its page", () => {
  const list = pages([waiting(1, 10)]);
  (list.pages[0] as { next: string | null }).next = "more";
  expect(place(list, queue, waiting(9, 50), me)).toBe(list);
});

test("an older word about a row does not overwrite a newer one", () => {
  const list = pages([waiting(1, 10, { preview: "new", updatedAt: at(5) })]);
  expect(place(list, queue, waiting(1, 10, { preview: "old", updatedAt: at(4) }), me)).toBe(list);
});

test("a drilled list keeps its tickets and only refreshes them", () => {
  const drill = viewOf("drill", { metric: "opened" });
  const list = pages([waiting(1, 10)]);
  expect(ids(place(list, drill, waiting(9, 20), me))).toEqual([[1]]);
  const fresh = place(list, drill, waiting(1, 10, { status: "resolved", updatedAt: at(9) }), me);
  expect(fresh.pages[0]?.rows[0]?.status).toBe("resolved");
});

test("applying rows in any order equals a fresh fetch", () => {
  const views = ["mine", "queue-3", "unassigned", "open", "pending", "escalated", "resolved"].map((key) => viewOf(key));
  const final = [
    waiting(1, 10), waiting(2, 5, { assigneeId: me, status: "open" }), waiting(3, 7, { status: "pending", assigneeId: 2 }),
    waiting(4, 1, { status: "resolved", resolvedAt: at(9), assigneeId: me }), waiting(5, 3, { queueId: 4, escalatedAt: at(2) }),
    waiting(6, 8, { escalatedAt: at(1), assigneeId: me, status: "hold" }),
  ].map((one) => ({ ...one, updatedAt: at(50) }));
  const fetch = (view: View) => final.filter((one) => belongs(view, one, me)).sort(order(view)).map((one) => one.id);
  for (const view of views) {
    const stale = pages([waiting(1, 30), waiting(4, 20)].filter((one) => belongs(view, one, me)).sort(order(view)));
    const forward = final.reduce((list, one) => place(list, view, one, me), stale);
    const backward = [...final].reverse().reduce((list, one) => place(list, view, one, me), stale);
    expect(ids(forward)[0], view.key).toEqual(fetch(view));
    expect(ids(backward)[0], view.key).toEqual(fetch(view));
  }
});

test("a list narrowed to a tier takes only that tier", () => {
  const high = viewOf("queue-3", { tier: "high" });
  expect(belongs(high, waiting(1, 1, { tier: "low" }), me)).toBe(false);
  expect(belongs(high, waiting(1, 1, { tier: "high" }), me)).toBe(true);
});

test("a colleague's list holds what she has in hand, her chats and her tickets apart", () => {
  const hers = row({ id: 1, assigneeId: 9, status: "open" });
  const chat = row({ id: 2, assigneeId: 9, status: "open", live: true });
  const on = (key: string, one: TicketRow) => belongs(viewOf(key, { assignee: "9" }), one, me);
  expect([on("person", hers), on("person-tickets", hers), on("person-chats", hers)]).toEqual([true, true, false]);
  expect([on("person", chat), on("person-tickets", chat), on("person-chats", chat)]).toEqual([true, false, true]);
  expect(on("person", row({ id: 3, assigneeId: me, status: "open" }))).toBe(false);
  expect(on("person-tickets", { ...hers, status: "pending" })).toBe(false);
});

test("what went out of sight leaves every page, and a list without it stays the object it was", () => {
  const list = pages([waiting(1, 10), waiting(2, 20)], [waiting(3, 30)]);
  expect(ids(without(list, new Set([1, 3])))).toEqual([[2], []]);
  expect(without(list, new Set([9]))).toBe(list);
});
