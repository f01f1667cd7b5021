// Asking the server while somebody types: a moment after the last key, and the older question is called off.
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/vue-query";
import { computed, onScopeDispose, ref, toValue, watch, type MaybeRefOrGetter, type Ref } from "vue";
import { api } from "@/api/client";
import type { FoundTicket, Id, SearchAnswer } from "@/api/types";
import { readerZone } from "@/kit/formats";
import { narrowed, type Chip } from "./chips";

export interface Question {
  text: string;
  chips: Chip[];
}
export const longest = 200;
const typingMs = 180;

/** Follows a value, a moment behind. */
export function settled<T>(value: MaybeRefOrGetter<T>, ms = typingMs): Ref<T> {
  const late = ref(toValue(value)) as Ref<T>;
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(
    () => toValue(value),
    (now) => {
      clearTimeout(timer);
      timer = setTimeout(() => (late.value = now), ms);
    },
  );
  onScopeDispose(() => clearTimeout(timer));
  return late;
}

/** The body of a question, as the routes of search and export take it. */
export const bodyOf = (question: Question) => ({ text: question.text.trim() && question.text, zone: readerZone(), ...narrowed(question.chips) });
export const isEmpty = (question: Question): boolean => !question.text.trim() && question.chips.length === 0;

export function useSearch(question: Ref<Question>) {
  const enabled = computed(() => !isEmpty(question.value) && question.value.text.length <= longest);
  const key = computed(() => JSON.stringify(bodyOf(question.value)));
  const pages = useInfiniteQuery({
    queryKey: ["search", key],
    queryFn: ({ pageParam, signal }) => api.post<SearchAnswer>("/search", { ...bodyOf(question.value), before: pageParam }, signal),
    initialPageParam: null as number | null,
    getNextPageParam: (page: SearchAnswer) => page.next,
    enabled,
    staleTime: 10_000,
    gcTime: 300_000,
    placeholderData: keepPreviousData,
  });
  const first = computed(() => (enabled.value ? pages.data.value?.pages[0] : undefined));
  const tickets = computed(() => {
    const seen = new Set<Id>();
    // Older hits of a ticket come again on a later page.
    return enabled.value ? (pages.data.value?.pages ?? []).flatMap((page): FoundTicket[] => page.tickets).filter((one) => !seen.has(one.row.id) && seen.add(one.row.id)) : [];
  });
  const count = useQuery({
    queryKey: ["search-count", key],
    queryFn: ({ signal }) => api.post<{ hits: number; more: boolean }>("/search/count", bodyOf(question.value), signal),
    enabled: computed(() => enabled.value && question.value.text.trim() !== "" && tickets.value.length > 0),
    staleTime: 10_000,
  }).data;
  return { pages, first, tickets, count, enabled };
}
