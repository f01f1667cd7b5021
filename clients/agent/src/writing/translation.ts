// A message in the reader's language: asked once, then switched to and fro.
import { reactive } from "vue";
import { api } from "@/api/client";
import type { Entry } from "@/api/types";
import { complain } from "@/kit/notices";
import { locale } from "@/kit/words";

interface Translated {
  text: string;
  language: string | null;
  shown: boolean;
}

const known = reactive(new Map<string, Translated>());
const asking = reactive(new Set<string>());
const keyOf = (entry: Entry) => `${entry.ticketId}:${entry.seq}:${locale.value}`;

export const translationOf = (entry: Entry): Translated | undefined => known.get(keyOf(entry));
export const isAsking = (entry: Entry): boolean => asking.has(keyOf(entry));

export async function toggleTranslation(entry: Entry): Promise<void> {
  const key = keyOf(entry);
  const before = known.get(key);
  if (before) return void (before.shown = !before.shown);
  if (asking.has(key)) return;
  asking.add(key);
  try {
    const to = locale.value === "en" ? "en" : "zh";
    const answer = await api.post<{ text: string; language: string | null }>(`/tickets/${entry.ticketId}/entries/${entry.seq}/translation`, { to });
    known.set(key, { ...answer, shown: true });
  } catch (problem) {
    complain(problem);
  } finally {
    asking.delete(key);
  }
}
