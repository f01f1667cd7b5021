// What is offered while typing: snippets after "/", names after "@" in a note, emoji after ":".
import type { Macro, TicketRow } from "@/api/types";
import type { Mode } from "@/tickets/drafts";

export type Sign = "/" | "@" | ":";

export interface Trigger {
  sign: Sign;
  query: string;
  /** Where the sign stands. */
  at: number;
}

export interface Choice {
  key: string;
  label: string;
  hint: string;
  icon?: string;
  glyph?: string;
  /** What takes the place of what was typed. */
  text: string;
  macro?: Macro;
}

export interface Ground {
  row: TicketRow;
  mode: Mode;
}

/** What is being asked for at the cursor, if anything: a sign at the start of a word. */
export function triggerAt(text: string, caret: number, mode: Mode): Trigger | null {
  const before = text.slice(Math.max(0, caret - 40), caret);
  const match = /(?:^|[\s，。！？、；：（])([/@:])([^\s/@:]{0,24})$/.exec(before);
  if (!match) return null;
  const [, sign, query] = match as unknown as [string, Sign, string];
  if (sign === "@" && mode !== "note") return null;
  // A colon is mostly a colon.
  if (sign === ":" && !/^[a-z\u4e00-\u9fff]{1,}/i.test(query)) return null;
  return { sign, query, at: caret - query.length - 1 };
}
