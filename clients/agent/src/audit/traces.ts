// Traces from the server, what was asked for kept in the address, and what the desk calls things in them.
import { useInfiniteQuery, useQuery } from "@tanstack/vue-query";
import { computed, type Ref } from "vue";
import { useRoute, useRouter } from "vue-router";
import { api, query } from "@/api/client";
import type { ChainState, TracePage, TraceRow } from "@/api/types";
import { date } from "@/kit/formats";
import { t, te } from "@/kit/words";
import { useDirectory } from "@/staff/directory";

export const asked = ["actor", "actorKind", "kind", "objectId", "action", "since", "until", "brand", "text", "inRequest"] as const;
export type Asked = Partial<Record<(typeof asked)[number], string>>;

/** What is asked for; lives in the address, so that it can be linked and gone back from. */
export function useAsked() {
  const route = useRoute();
  const router = useRouter();
  const now = computed<Asked>(() =>
    Object.fromEntries(asked.flatMap((name) => (typeof route.query[name] === "string" && route.query[name] ? [[name, route.query[name]]] : []))),
  );
  const ask = (change: Asked) => {
    const next: Asked = { ...now.value, ...change };
    void router.replace({ query: Object.fromEntries(Object.entries(next).filter(([, value]) => value)) });
  };
  const clear = () => void router.replace({ query: {} });
  return { now, ask, clear };
}

/** Days of the reader's calendar as instants: `until` includes its day. */
export function instants(now: Asked): Asked {
  const start = (day: string, more = 0) => {
    const at = new Date(`${day}T00:00`);
    at.setDate(at.getDate() + more);
    return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
  };
  return { ...now, since: now.since && start(now.since), until: now.until && start(now.until, 1) };
}

export function useTraces(now: Ref<Asked>) {
  const list = useInfiniteQuery({
    queryKey: computed(() => ["audit", now.value]),
    queryFn: ({ pageParam }) => api.get<TracePage>(`/audit/traces${query({ ...instants(now.value), after: pageParam, limit: 50 })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (page: TracePage) => page.next,
    staleTime: 0,
    retry: false,
  });
  return { list, rows: computed(() => list.data.value?.pages.flatMap((page) => page.rows) ?? []) };
}

/** How the chains stand; looked at each second while a walk is under way. */
export const useChain = () =>
  useQuery({
    queryKey: ["audit-chain"],
    queryFn: () => api.get<ChainState>("/audit/chain"),
    refetchInterval: (running) => (running.state.data?.underWay ? 1000 : 15_000),
  });

const wordOr = (part: string, code: string): string => (te(`audit.${part}.${code}`) ? t(`audit.${part}.${code}`) : code.replaceAll("_", " "));

export const nounOf = (kind: string): string => wordOr("noun", kind);

/** "工单 · 重新打开": whoever brings a new action brings at most a noun and a verb. */
export function actionName(action: string): string {
  const [noun = "", verb = ""] = action.split(".");
  return `${nounOf(noun)} · ${wordOr("verb", verb)}`;
}

export function useNames() {
  const { personName, queueName, categoryName, brandName } = useDirectory();
  const who = (row: TraceRow): string => {
    if (row.actorKind === "staff") return personName(row.actorId) || t("audit.somebody");
    return row.actorKind === "system" ? t("audit.system") : `${nounOf(row.actorKind)} #${row.actorId ?? ""}`;
  };
  const what = (row: TraceRow): string => {
    const id = Number(row.objectId);
    if (row.kind === "person" && id) return personName(id);
    if (row.kind === "queue" && id) return queueName(id);
    if (row.kind === "audit") return "";
    return row.objectId ? `${nounOf(row.kind)} ${/^\d+$/.test(row.objectId) ? "#" : ""}${row.objectId}` : "";
  };
  const valueOf = (path: string, value: unknown): string => {
    const name = path.split(".").at(-1) ?? "";
    if (value === null || value === undefined || value === "") return t("audit.nothing");
    if (typeof value === "number") {
      if (/^(assigneeId|managerId|personId|toId|fromId|actor_id|actorId)$/.test(name)) return personName(value);
      if (name === "queueId" || name === "queue") return queueName(value);
      if (name === "category" || name === "categoryId") return categoryName(value) || `#${value}`;
      if (name === "brandId" || name === "brand_id") return brandName(value);
      if (name === "priority" && te(`tickets.priority.p${value}`)) return t(`tickets.priority.p${value}`);
    }
    if (typeof value === "boolean") return t(value ? "audit.yes" : "audit.no");
    if (typeof value === "string") {
      if (name === "status" && te(`tickets.status.${value}`)) return t(`tickets.status.${value}`);
      if (name === "tier" && te(`tickets.tier.${value}`)) return t(`tickets.tier.${value}`);
      if (/^(reason|why|step)$/.test(name) && te(`audit.code.${value}`)) return t(`audit.code.${value}`);
      if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return date(value);
      return value;
    }
    if (Array.isArray(value)) return value.map((each) => valueOf(path, each)).join(t("audit.comma")) || t("audit.nothing");
    return JSON.stringify(value);
  };
  const fieldName = (path: string): string =>
    path === "" ? t("audit.value") : path.split(".").map((part) => wordOr("field", part.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))).join(" › ");
  return { who, what, valueOf, fieldName };
}
