// What the socket says, applied to the caches. Applying a frame must equal a fresh fetch.
import { cache } from "@/api/cache";
import type { Board, Clock, Counters, Entry, Frame, Id, PresenceState } from "@/api/types";
import { preferencesChanged } from "@/kit/preferences";
import { applyPresence } from "@/staff/directory";
import { me, refresh } from "@/staff/session";
import { applyRows, dropRows } from "@/tickets/lists";
import { viewsChanged } from "@/tickets/saved";
import { applyClocks, applyEntry, applyPlayerRead, catchUp, openIds, reach } from "@/tickets/open";
import { colleagueHolds, playerTyped, setViewers, staffStopped, staffTyped, type HeldNews } from "@/tickets/company";
import { said } from "@/tickets/outbox";
import { heardDraft, heardHeld, readWriting } from "@/writing/state";
import { keep, onLate } from "./again";
import { learn } from "./clock";
import { onFrame } from "./socket";

type Event = Extract<Frame, { op: "event" }>;

function ticketEvent(event: Event): void {
  const { ticketId, data } = event;
  switch (event.kind) {
    case "entry": {
      const entry = data as Entry;
      if (entry.author === "staff" && entry.authorId !== null) staffStopped(ticketId, entry.authorId);
      said(entry.clientKey);
      return applyEntry(ticketId, entry);
    }
    case "clocks":
      return applyClocks(ticketId, data as Clock[]);
    case "player_typing":
      return playerTyped(ticketId);
    case "player_read":
      return applyPlayerRead(ticketId, (data as { number: number }).number);
    case "viewers":
      return setViewers(ticketId, (data as { personIds: Id[] }).personIds);
    case "held":
      return colleagueHolds(data as HeldNews);
    case "typing":
      return staffTyped(ticketId, (data as { personId: Id }).personId);
  }
}

function happened(event: Event): void {
  if (event.topic.startsWith("ticket:")) return ticketEvent(event);
  if (event.kind === "views") return viewsChanged();
  if (event.kind === "blueprint" && (event.data as { kind?: string }).kind === "tier_model") void cache.invalidateQueries({ queryKey: ["tiers"] });
  if (event.kind === "preferences") return preferencesChanged((event.data as { revision: number }).revision);
  if (event.kind === "directory") return void cache.invalidateQueries({ queryKey: ["directory"] });
  if (event.kind === "mention") return void readWriting();
  if (event.kind === "held") return heardHeld(event.data as Parameters<typeof heardHeld>[0]);
  if (event.kind === "draft") return heardDraft(event.data as Parameters<typeof heardDraft>[0]);
  if (event.kind === "person") {
    if ((event.data as { personId: Id }).personId === me.value?.id) void refresh();
    return void cache.invalidateQueries({ queryKey: ["directory"] });
  }
  if (event.kind === "presence") {
    const change = event.data as { personId: Id; state: PresenceState; since: string };
    if (change.personId === me.value?.id && change.state !== me.value.presence.state) void refresh();
    return applyPresence(change);
  }
}

function refetchAll(): void {
  void cache.invalidateQueries();
}

function hear(frame: Frame, resumed: boolean): void {
  keep(frame);
  apply(frame, resumed);
}

function apply(frame: Frame, resumed = false): void {
  switch (frame.op) {
    case "ready":
      learn(frame.serverTime);
      // The line goes on from this page's first answer; only what was asked before that may have changed unheard.
      if (!resumed) void cache.invalidateQueries({ predicate: cache.blind });
      // Away for long, she is offline and her work has gone back.
      if (resumed) void refresh();
      if (resumed) void readWriting();
      if (resumed) openIds().forEach((id) => void catchUp(id));
      return;
    case "rows":
      if (frame.gone) dropRows(frame.gone);
      applyRows(frame.rows);
      // A row may tell of an entry that was not pushed by itself.
      return frame.rows.forEach((row) => reach(row.id, row.seq));
    case "event":
      return happened(frame);
    case "counters": {
      const { op: _, ...counters } = frame;
      return void cache.setQueryData<Counters>(["counters"], counters);
    }
    case "board":
      return void cache.setQueryData<Board>(["board", (frame.topic ?? "board:all").slice("board:".length)], frame.board);
    case "reset":
      return refetchAll();
  }
}

onFrame(hear);
onLate(apply);
