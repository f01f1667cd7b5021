// What a screen shows of a topic, and since when: so that a subscription begins where the answer on the screen ends.
import { cache } from "@/api/cache";
import { cursorNow, older } from "@/api/cursor";

const remembered = 500;
/** Until when each topic was listened to, for what the cache still has of it. */
const left = new Map<string, string>();

/** The queries that a topic's frames keep fresh. Whoever listens to another kind adds it here. */
const shownOf: Record<string, (value: string) => (string | number)[][]> = {
  ticket: (id) => [["ticket", Number(id)], ["craft", Number(id)], ["strip", Number(id)]],
  card: (id) => [["player", Number(id)]],
  queue: () => [["tickets"]],
  brand: () => [["tickets"]],
};

export function leaveTopic(topic: string): void {
  left.delete(topic);
  left.set(topic, cursorNow());
  const [oldest] = left.keys();
  if (left.size > remembered && oldest) left.delete(oldest);
}

/** From where these topics have to be told. */
export function since(topics: Iterable<string>): string {
  let from = cursorNow();
  for (const topic of topics) {
    const [kind = "", value = ""] = topic.split(":");
    for (const queryKey of shownOf[kind]?.(value) ?? []) {
      // Lists that nobody looks at are read anew when somebody does.
      const shown = cache.oldest({ queryKey, type: queryKey.length === 1 ? "active" : "all" }, left.get(topic));
      if (shown !== null) from = older(shown, from);
    }
  }
  return from;
}
