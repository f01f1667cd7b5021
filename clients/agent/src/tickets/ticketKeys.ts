// The keys of an open ticket.
import type { TicketRow } from "@/api/types";
import { tell } from "@/kit/notices";
import { i18n } from "@/kit/words";
import type { KeyMap } from "@/shell/keys";
import { take } from "./actions";
import type { CraftPart } from "@/craft/CraftBar.vue";
import type { Mode } from "./drafts";
import { undo, undoable } from "./outbox";

export type Menu = "assign" | "handOff" | "category" | "priority" | "status";

interface Desk {
  row: () => TicketRow | null;
  compose: (mode: Mode) => void;
  menu: (which: Menu) => void;
  resolve: (next: boolean) => void;
  reopen: () => void;
  card: () => void;
  macros: () => void;
  craft: (part: CraftPart) => void;
}

/** "." number, ".." with the title, "..." with the link: what people paste to each other. */
export function copyText(row: TicketRow, dots: number): string {
  const number = `#${row.id}`;
  if (dots === 1) return number;
  const titled = `${number} ${row.subject}`;
  return dots === 2 ? titled : `${titled} ${location.origin}/ticket/${row.id}`;
}

export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // No clipboard over plain HTTP: the old way.
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  tell(i18n.global.t("tickets.copied", { text }));
}

const settleMs = 450;
let settle: ReturnType<typeof setTimeout> | undefined;

export function ticketKeys(desk: Desk): KeyMap {
  const dots = (count: number) => () => {
    const row = desk.row();
    clearTimeout(settle);
    if (row) settle = setTimeout(() => void copy(copyText(row, count)), count === 3 ? 0 : settleMs);
  };
  const onRow = (act: (row: TicketRow) => void) => () => {
    const row = desk.row();
    if (row) act(row);
  };
  return {
    r: () => desk.compose("reply"),
    n: () => desk.compose("note"),
    a: () => desk.menu("assign"),
    h: () => desk.menu("handOff"),
    t: () => desk.menu("category"),
    p: () => desk.menu("priority"),
    s: () => desk.menu("status"),
    y: onRow((row) => void take(row.id)),
    e: () => desk.resolve(false),
    "⇧E": () => desk.resolve(true),
    i: desk.card,
    m: desk.macros,
    z: () => desk.craft("snooze"),
    w: () => desk.craft("follow"),
    "⇧L": () => desk.craft("links"),
    "⇧M": () => desk.craft("merge"),
    c: () => desk.craft("work"),
    b: () => desk.craft("aside"),
    u: onRow((row) => {
      const held = undoable(row.id);
      if (held) void undo(held);
    }),
    ".": dots(1),
    "..": dots(2),
    "...": dots(3),
  };
}
