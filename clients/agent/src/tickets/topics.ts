// Which live topics a list needs while it is on screen.
import { onBeforeUnmount, watch, type Ref } from "vue";
import { subscribe } from "@/live/socket";
import { useDirectory } from "@/staff/directory";
import { me } from "@/staff/session";
import type { View } from "./views";

/** Follows the view: its queue, or the brands behind an all-tickets view. */
export function useTopics(view: Ref<View>): void {
  const { directory } = useDirectory();
  let leave: (() => void)[] = [];

  function topics(): string[] {
    if (view.value.kind === "mine") return [];
    if (view.value.queueId !== null) return [`queue:${view.value.queueId}`];
    const mine = me.value?.brandIds ?? [];
    const brands = mine.length ? mine : (directory.value?.brands ?? []).map((brand) => brand.id);
    return brands.map((id) => `brand:${id}`);
  }
  watch(
    () => topics().join(" "),
    (wanted) => {
      const before = leave;
      leave = wanted ? wanted.split(" ").map((topic) => subscribe(topic)) : [];
      before.forEach((stop) => stop());
    },
    { immediate: true },
  );
  onBeforeUnmount(() => leave.forEach((stop) => stop()));
}
