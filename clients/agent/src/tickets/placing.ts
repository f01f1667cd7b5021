// Puts, moves and removes a fresh row in a paged list, so that it equals a fresh fetch.
import type { InfiniteData } from "@tanstack/vue-query";
import type { Id, TicketPage, TicketRow } from "@/api/types";
import { belongs, order, type View } from "./views";

/** Where a page begins: after this mark, as so many pages were there before it. */
export interface Mark {
  mark: string | null;
  place: number;
}
export type Pages = InfiniteData<TicketPage, Mark>;

/** A row as the list has it. */
export function known(data: Pages, id: Id): TicketRow | undefined {
  for (const page of data.pages) for (const row of page.rows) if (row.id === id) return row;
  return undefined;
}

function replace(data: Pages, row: TicketRow): Pages {
  let found = false;
  const pages = data.pages.map((page) => {
    if (!page.rows.some((one) => one.id === row.id)) return page;
    found = true;
    return { ...page, rows: page.rows.map((one) => (one.id === row.id ? row : one)) };
  });
  return found ? { ...data, pages } : data;
}

function remove(data: Pages, id: Id): Pages {
  if (!data.pages.some((page) => page.rows.some((one) => one.id === id))) return data;
  return { ...data, pages: data.pages.map((page) => ({ ...page, rows: page.rows.filter((one) => one.id !== id) })) };
}

/** Without these; the same list object when none of them is in it. */
export const without = (data: Pages, gone: ReadonlySet<Id>): Pages => [...gone].reduce(remove, data);

function insert(data: Pages, row: TicketRow, compare: (a: TicketRow, b: TicketRow) => number): Pages {
  const last = data.pages.length - 1;
  for (const [index, page] of data.pages.entries()) {
    const at = page.rows.findIndex((one) => compare(row, one) < 0);
    const beyond = at < 0 && (index < last || page.next !== null);
    // Behind everything loaded while more is on the server: it will come with its page.
    if (beyond) continue;
    const rows = [...page.rows];
    rows.splice(at < 0 ? rows.length : at, 0, row);
    return { ...data, pages: data.pages.map((one, i) => (i === index ? { ...one, rows } : one)) };
  }
  return data;
}

/** One fresh row applied to one list; the same list object when nothing changes. */
export function place(data: Pages, view: View, row: TicketRow, me: Id): Pages {
  const before = known(data, row.id);
  if (before && before.updatedAt > row.updatedAt) return data;
  const member = belongs(view, row, me);
  if (member === null) return replace(data, row);
  if (!member) return remove(data, row.id);
  const compare = order(view);
  if (before && compare(before, row) === 0) return replace(data, row);
  return insert(remove(data, row.id), row, compare);
}
