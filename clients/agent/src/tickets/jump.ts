// A link to one line of a timeline (`?entry=7`, from a search): the line is fetched if it is old, shown and marked.
import { nextTick, watch, type Ref } from "vue";
import { useRoute } from "vue-router";
import { api } from "@/api/client";
import type { EntriesSince, Entry, Id } from "@/api/types";
import { addEntries } from "./open";

const before = 30;
const mostPages = 40;

/** Fetches from a little before the line up to what is there already, so that no gap is shown. */
async function fetchBack(id: Id, seq: number, first: number): Promise<void> {
  // Anything below zero asks for the very beginning; zero would mean the newest page.
  let since = seq > before ? seq - before : -1;
  for (let page = 0; page < mostPages && since + 1 < first; page += 1) {
    const found = await api.get<EntriesSince>(`/tickets/${id}/entries?since=${since}`);
    const last = found.entries.at(-1)?.seq;
    if (last === undefined || last <= since) return;
    addEntries(id, found.entries);
    since = last;
  }
}

/** `leaveEnd` is called before the timeline is moved, so that it does not run back to its end. */
export function useJump(id: () => Id, entries: Ref<Entry[]>, box: Ref<HTMLElement | null>, leaveEnd: () => void): void {
  const route = useRoute();
  async function jump(seq: number): Promise<void> {
    const first = entries.value[0]?.seq ?? 0;
    if (seq < first) await fetchBack(id(), seq, first).catch(() => undefined);
    leaveEnd();
    await nextTick();
    const line = () => box.value?.querySelector<HTMLElement>(`[data-testid=entry-${seq}]`);
    // Lines are measured as they come on screen: the second time the place is right.
    for (let turn = 0; turn < 2; turn += 1) {
      line()?.scrollIntoView({ block: "center" });
      await new Promise((done) => requestAnimationFrame(done));
    }
    line()?.animate([{ backgroundColor: "var(--desk-paper)" }, { backgroundColor: "var(--desk-paper)", offset: 0.7 }, { backgroundColor: "transparent" }], 3000);
  }
  watch(
    [() => Number(route.query.entry), () => entries.value.length > 0, box] as const,
    ([seq, there, shown], earlier) => {
      if (seq && there && shown && (seq !== earlier[0] || !earlier[1] || !earlier[2])) void jump(seq);
    },
    { immediate: true },
  );
}
