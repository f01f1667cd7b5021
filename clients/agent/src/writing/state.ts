// What somebody is writing and who calls her, read once and kept by the live socket.
import { ref, watch } from "vue";
import { api } from "@/api/client";
import type { Id, Writing } from "@/api/types";
import { me } from "@/staff/session";
import { draftNews, takeDrafts, type Mode } from "@/tickets/drafts";
import { heldNews, lookWith, takeHeld } from "@/tickets/outbox";

/** Notes that call this person and that she has not opened yet. */
export const unreadMentions = ref(0);
/** Whether there is a service that translates. */
export const translates = ref(false);

let asking: Promise<void> | null = null;
let again = false;

/** Reads it anew; asked while an answer is under way, once more after it. */
export function readWriting(): Promise<void> {
  again = asking !== null;
  asking ??= read().finally(() => {
    asking = null;
    if (again) void readWriting();
  });
  return asking;
}

async function read(): Promise<void> {
  const person = me.value;
  const askedAt = Date.now();
  const known = person && (await api.get<Writing>("/writing").catch(() => null));
  if (!known) return;
  unreadMentions.value = known.unreadMentions;
  translates.value = known.translates;
  if (takeDrafts(person.id, known.drafts, askedAt)) again = true;
  takeHeld(known.held, askedAt);
}
lookWith(() => void readWriting());
watch(() => me.value?.id, () => void readWriting(), { immediate: true });

export function heardHeld(news: { clientKey: string; state: string }): void {
  if (heldNews(news.clientKey, news.state)) void readWriting();
}

interface DraftNews {
  ticketId: Id;
  draftKind: Mode;
  version: number;
}
export function heardDraft(news: DraftNews): void {
  if (draftNews(news.ticketId, news.draftKind, news.version)) void readWriting();
}

export async function markMentionsRead(ticketId: Id | null): Promise<void> {
  if (!unreadMentions.value) return;
  await api.post("/mentions/read", ticketId === null ? {} : { ticketId }).catch(() => undefined);
  await readWriting();
}
