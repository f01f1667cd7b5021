// The lead's board: read once, then pushed every second while it changes. A day that is over only changes by late verdicts.
import { useQuery } from "@tanstack/vue-query";
import { computed, onBeforeUnmount, watch, type Ref } from "vue";
import { api, query } from "@/api/client";
import type { Board, Figures } from "@/api/types";
import { subscribe } from "@/live/socket";

/** The board of a brand ("all": of every one); of today, unless a day is named. */
export function useBoard(brand: Ref<string>, day: Ref<string>) {
  let leave: (() => void) | undefined;
  watch(
    brand,
    (wanted) => {
      leave?.();
      leave = subscribe(`board:${wanted}`);
    },
    { immediate: true },
  );
  onBeforeUnmount(() => leave?.());
  return useQuery({
    queryKey: computed(() => (day.value ? ["board", brand.value, day.value] : ["board", brand.value])),
    queryFn: () => api.get<Board>(`/board${query({ brand: brand.value, day: day.value || undefined })}`),
    refetchInterval: computed(() => (day.value ? 300_000 : 30_000)),
    placeholderData: (before: Board | undefined) => before,
  });
}

export type FigureName = keyof Figures;
export type FigureKind = "count" | "seconds" | "percent" | "score";

/** Each figure: how it is written and which tickets stand behind it. */
export const figures: { name: FigureName; kind: FigureKind; metric: string; icon: string }[] = [
  { name: "opened", kind: "count", metric: "opened", icon: "i-lucide-inbox" },
  { name: "firstResponseAverage", kind: "seconds", metric: "first_response", icon: "i-lucide-timer" },
  { name: "firstResponseP90", kind: "seconds", metric: "first_response", icon: "i-lucide-chart-no-axes-column" },
  { name: "withinPercent", kind: "percent", metric: "within", icon: "i-lucide-target" },
  { name: "resolved", kind: "count", metric: "resolved", icon: "i-lucide-circle-check" },
  { name: "satisfaction", kind: "score", metric: "rated", icon: "i-lucide-star" },
  { name: "rated", kind: "count", metric: "rated", icon: "i-lucide-message-square-heart" },
  { name: "reopened", kind: "count", metric: "reopened", icon: "i-lucide-rotate-ccw" },
  { name: "breached", kind: "count", metric: "breached", icon: "i-lucide-octagon-alert" },
];

export interface Drill {
  metric: string;
  day: string;
  brand: string;
  channel?: string;
  hour?: string;
}

/** The address of the tickets behind a figure. */
export const drillTo = (drill: Drill) => ({
  name: "desk",
  params: { view: "drill" },
  query: Object.fromEntries(Object.entries(drill).filter(([name, value]) => value && !(name === "brand" && value === "all"))),
});
