// An answer that was read before some news, and arrives after it, would take the news back: it is told again.
import { cache } from "@/api/cache";
import type { Frame } from "@/api/types";

const most = 500;
const ofTicket = ["entry", "clocks", "player_read"];

/** What a frame is told to: which answers it would be lost in. */
function told(frame: Frame): string[] {
  if (frame.op === "rows" && (frame.rows.length || frame.gone)) return ["tickets", "ticket"];
  if (frame.op === "counters" || frame.op === "board") return [frame.op];
  if (frame.op === "event" && ofTicket.includes(frame.kind)) return ["ticket"];
  return frame.op === "event" && frame.kind === "presence" ? ["directory"] : [];
}

let kept: { frame: Frame; at: number }[] = [];
let count = 0;
/** Since when each answer is on its way. */
const begun = new Map<string, number>();

export function keep(frame: Frame): void {
  if (!begun.size || !told(frame).length) return;
  kept.push({ frame, at: count++ });
  if (kept.length > most) kept.shift();
}

/** Calls `apply` with what was heard while an answer was on its way, once it is there. */
export function onLate(apply: (frame: Frame) => void): void {
  cache.getQueryCache().subscribe((news) => {
    const { queryHash, queryKey } = news.query;
    const over = news.type === "removed" || (news.type === "updated" && (news.action.type === "error" || (news.action.type === "success" && !news.action.manual)));
    if (news.type === "updated" && news.action.type === "fetch") begun.set(queryHash, count);
    if (!over) return;
    const from = begun.get(queryHash);
    begun.delete(queryHash);
    const late = from === undefined || news.type === "removed" ? [] : kept.filter((one) => one.at >= from && told(one.frame).includes(String(queryKey[0])));
    if (!begun.size) kept = [];
    if (late.length) queueMicrotask(() => late.forEach((one) => apply(one.frame)));
  });
}
