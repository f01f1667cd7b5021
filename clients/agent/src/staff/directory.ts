// Names behind the ids: colleagues, queues, categories, brands. Read once, presence kept live.
import { useQuery } from "@tanstack/vue-query";
import { computed } from "vue";
import { cache } from "@/api/cache";
import { api } from "@/api/client";
import type { Category, Directory, Id, Person, PresenceState, Queue } from "@/api/types";
import { say } from "@/kit/words";
import { learn } from "@/live/clock";

async function fetchDirectory(): Promise<Directory> {
  const directory = await api.get<Directory>("/directory");
  learn(directory.serverTime);
  return directory;
}

const byId = <T extends { id: Id }>(list: T[] | undefined) => new Map((list ?? []).map((one) => [one.id, one]));

export function useDirectory() {
  const { data } = useQuery({ queryKey: ["directory"], queryFn: fetchDirectory, staleTime: 300_000 });
  const people = computed(() => byId<Person>(data.value?.people));
  const queues = computed(() => byId<Queue>(data.value?.queues));
  const categories = computed(() => byId<Category>(data.value?.categories));

  /** "账号 › 账号被盗": the whole way to a category. */
  function categoryName(id: Id | null): string {
    const names: string[] = [];
    for (let at = id === null ? undefined : categories.value.get(id); at; at = at.parentId ? categories.value.get(at.parentId) : undefined) {
      names.unshift(say(at.name));
    }
    return names.join(" › ");
  }
  return {
    directory: data,
    people,
    queues,
    categories,
    categoryName,
    personName: (id: Id | null | undefined) => (id ? (people.value.get(id)?.name ?? `#${id}`) : ""),
    queueName: (id: Id | null | undefined) => (id ? say(queues.value.get(id)?.name) || `#${id}` : ""),
    brandName: (id: Id) => say(data.value?.brands.find((brand) => brand.id === id)?.name),
  };
}

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
