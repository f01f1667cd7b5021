// The documents of a kind as a list, kept fresh by what colleagues do; and which one the address names.
import { useQuery } from "@tanstack/vue-query";
import { computed, onBeforeUnmount, onMounted } from "vue";
import { useRoute, useRouter } from "vue-router";
import { cache } from "@/api/cache";
import { api } from "@/api/client";
import { say } from "@/kit/words";
import { onFrame } from "@/live/socket";
import type { Entry, Place } from "./types";

export const useBlueprints = (kind: string) => {
  const asked = useQuery({ queryKey: ["blueprints", kind], queryFn: () => api.get<{ blueprints: Entry[] }>(`/blueprints/${kind}`).then((answer) => answer.blueprints), staleTime: 10_000 });
  let stop: () => void = () => undefined;
  onMounted(() => (stop = onFrame((frame) => {
    if (frame.op === "event" && frame.kind === "blueprint" && (frame.data as Place).kind === kind) void forgetBlueprints(kind);
  })));
  onBeforeUnmount(() => stop());
  return asked;
};

export const forgetBlueprints = (kind: string) => cache.invalidateQueries({ queryKey: ["blueprints", kind] });

/** Of a page with `rest: "/:brand?/:key?"`: the documents, the one the address names with its title, and the way to another. */
export function useDesigns(page: string, kind: string) {
  const route = useRoute();
  const router = useRouter();
  const chosen = computed(() => {
    const { brand, key } = route.params as { brand?: string; key?: string };
    return brand && key ? { brandKey: brand === "-" ? "" : brand, key } : null;
  });
  const open = (place: { brandKey: string; key: string } | null) =>
    void router.push(place ? { name: `settings-${page}`, params: { brand: place.brandKey || "-", key: place.key } } : { name: `settings-${page}`, params: {} });
  const { data: list } = useBlueprints(kind);
  const entry = computed(() => list.value?.find((one) => one.standing.key === chosen.value?.key && one.standing.brandKey === chosen.value.brandKey));
  const title = computed(() => (entry.value ? say(entry.value.title) : (chosen.value?.key ?? "")));
  return { chosen, open, list, entry, title };
}

/** A key out of an English name, else the kind with a number nobody has yet. */
export function keyFrom(name: string, kind: string, taken: string[]): string {
  const words = name.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 50);
  const first = /[a-z]/.test(words) ? words : kind;
  if (first === words && !taken.includes(first)) return first;
  for (let n = first === words ? 2 : 1; ; n += 1) if (!taken.includes(`${first}-${n}`)) return `${first}-${n}`;
}
