// What the live socket says about craft: ask afresh for what is on screen, and tell people what concerns them.
import { cache } from "@/api/cache";
import { api } from "@/api/client";
import { cursorNow } from "@/api/cursor";
import type { Entry, Id, TicketRow } from "@/api/types";
import { announce } from "@/kit/notices";
import { t } from "@/kit/words";
import { me } from "@/staff/session";
import { onFrame, subscribe } from "@/live/socket";
import { openIds } from "@/tickets/open";

/** Where a notice leads; set by the frame, which owns the router. */
let go: (path: string) => void = () => undefined;
export const leadTo = (how: (path: string) => void): void => void (go = how);

const most = 100;
const mine = (entry: Entry) => entry.author === "staff" && entry.authorId === me.value?.id;
let leave: (() => void)[] = [];
let followed = new Set<Id>();
/** Hears what happens to the tickets she follows, newest first. */
export async function listen(): Promise<void> {
  const known = cursorNow();
  const found = await api.get<{ row: TicketRow; news: boolean }[]>("/followed").catch(() => []);
  const open = found.map((one) => one.row).filter((row) => row.status !== "closed").slice(0, most);
  const before = leave;
  followed = new Set(open.map((row) => row.id));
  leave = open.map((row) => subscribe(`ticket:${row.id}`, known));
  before.forEach((stop) => stop());
}
void listen();

onFrame((frame) => {
  if (frame.op !== "event") return;
  const { kind, ticketId, topic } = frame;
  if (kind === "craft") return void cache.invalidateQueries({ queryKey: ["craft", ticketId] });
  if (kind === "side") {
    const { sideId, authorId, subject } = frame.data as { sideId: Id; authorId: Id; subject: string };
    void cache.invalidateQueries({ queryKey: ["side", sideId] });
    void cache.invalidateQueries({ queryKey: ["sides"] });
    void cache.invalidateQueries({ queryKey: ["craft", ticketId] });
    if (topic.startsWith("agent:") && authorId !== me.value?.id) announce(t("follow.aside", { subject }), t("follow.open"), () => go(`/sides/${sideId}`));
  }
  if (kind === "entry" && followed.has(ticketId) && !mine(frame.data as Entry) && !openIds().includes(ticketId)) {
    announce(t("follow.news", { id: ticketId }), t("follow.open"), () => go(`/ticket/${ticketId}`));
    void cache.invalidateQueries({ queryKey: ["followed"], refetchType: "active" });
  }
  if (kind === "woken") announce(t("follow.woken", { id: ticketId }), t("follow.open"), () => go(`/ticket/${ticketId}`));
});
