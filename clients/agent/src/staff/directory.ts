// Names behind the ids: colleagues, queues, categories, brands. Read once, presence kept live.
import { useQuery } from "@tanstack/vue-query";
import { computed, shallowRef, watch } from "vue";
import { cache } from "@/api/cache";
import { api } from "@/api/client";
import type { Category, Directory, Id, Person, PresenceState, Queue, Text } from "@/api/types";
import { callIt, say } from "@/kit/words";
import { learn } from "@/live/clock";

async function fetchDirectory(): Promise<Directory> {
  const directory = await api.get<Directory>("/directory");
  learn(directory.serverTime);
  return directory;
}

const byId = <T extends { id: Id }>(list: T[] | undefined) => new Map((list ?? []).map((one) => [one.id, one]));

// One copy for the whole screen: hundreds of rows and entries ask for names.
const directory = shallowRef<Directory>();
const people = computed(() => byId<Person>(directory.value?.people));
const queues = computed(() => byId<Queue>(directory.value?.queues));
const categories = computed(() => byId<Category>(directory.value?.categories));

/** Called once by the frame: reads the directory and keeps it while somebody is signed in. */
export function keepDirectory(): void {
  const { data } = useQuery({ queryKey: ["directory"], queryFn: fetchDirectory, staleTime: 300_000, refetchInterval: 600_000 });
  watch(data, (fresh) => (directory.value = fresh), { immediate: true });
  const tiers = useQuery({ queryKey: ["tiers"], queryFn: () => api.get<{ tiers: { tier: string; name: Text }[] }>("/tiers"), staleTime: 300_000, refetchInterval: 600_000 });
  watch(tiers.data, (fresh) => fresh?.tiers.forEach((one) => (callIt(`tickets.tier.${one.tier}`, one.name), callIt(`tickets.tierShort.${one.tier}`, one.name))));
}

/** "账号 › 账号被盗": the whole way to a category. */
function categoryName(id: Id | null): string {
  const names: string[] = [];
  let at = id === null ? undefined : categories.value.get(id);
  while (at) {
    names.unshift(say(at.name));
    at = at.parentId === null ? undefined : categories.value.get(at.parentId);
  }
  return names.join(" › ");
}

const names = {
  directory,
  people,
  queues,
  categories,
  categoryName,
  personName: (id: Id | null | undefined): string => (id ? (people.value.get(id)?.name ?? `#${id}`) : ""),
  queueName: (id: Id | null | undefined): string => (id ? say(queues.value.get(id)?.name) || `#${id}` : ""),
  /** Whose hours a figure of the board is told in: the brand's, or the first one's. */
  zoneOf: (brand: string | undefined): string | undefined =>
    (directory.value?.brands.find((one) => String(one.id) === brand) ?? directory.value?.brands[0])?.timeZone,
  brandName: (id: Id): string => say(directory.value?.brands.find((brand) => brand.id === id)?.name),
};

export const useDirectory = (): typeof names => names;

export function applyPresence(change: { personId: Id; state: PresenceState; since: string }): void {
  cache.setQueryData<Directory>(["directory"], (known) =>
    known && {
      ...known,
      people: known.people.map((one) =>
        one.id === change.personId ? { ...one, presence: { state: change.state, since: change.since } } : one,
      ),
    },
  );
}
