// The one cache of server state; the live socket keeps it fresh, so queries rarely refetch by themselves.
import { QueryClient, type Query, type QueryFilters } from "@tanstack/vue-query";
import { Offline } from "./client";
import { cursorNow, isOlder, older } from "./cursor";

/** Which state of the desk an answer shows at least: the one that is here, and the one that was asked for last. */
interface Asked {
  here?: string;
  asking: string;
}

class Cache extends QueryClient {
  private asked = new Map<string, Asked>();
  private again = new Set<string>();

  /** Notes how new each answer is; told here once for all screens. */
  watch(): this {
    this.getQueryCache().subscribe((news) => {
      const { queryHash } = news.query;
      if (news.type === "removed") this.asked.delete(queryHash);
      if (news.type !== "updated") return;
      const before = this.asked.get(queryHash);
      if (news.action.type === "fetch") this.asked.set(queryHash, { ...before, asking: cursorNow() });
      if (news.action.type !== "success" || news.action.manual || !before) return;
      this.asked.set(queryHash, { ...before, here: before.asking });
      if (this.again.delete(queryHash)) queueMicrotask(() => void super.invalidateQueries({ queryKey: news.query.queryKey, exact: true }));
    });
    return this;
  }

  /** Also what is being asked for the first time right now: its answer may be older than the news. */
  override invalidateQueries(...given: Parameters<QueryClient["invalidateQueries"]>): Promise<void> {
    for (const query of this.getQueryCache().findAll(given[0] as QueryFilters)) {
      if (query.state.fetchStatus === "fetching" && query.state.data === undefined) this.again.add(query.queryHash);
    }
    return super.invalidateQueries(...given);
  }

  /** The oldest state these queries show, if news of them was heard until `left`; null where there are none. */
  oldest(filters: QueryFilters, left: string | undefined): string | null {
    const newer = (one: string, other: string) => (one === "" || isOlder(one, other) ? other : one);
    const shown = ({ queryHash, state }: Query): string => {
      const { here, asking } = this.asked.get(queryHash) ?? { asking: cursorNow() };
      if (state.fetchStatus === "fetching" || here === undefined) return asking;
      return left === undefined ? here : newer(here, left);
    };
    const found = this.getQueryCache().findAll(filters).map(shown);
    return found.length ? found.reduce(older) : null;
  }

  /** Was asked for before anything was known of the desk: only asking again helps. */
  readonly blind = ({ queryHash }: Query): boolean => {
    const asked = this.asked.get(queryHash);
    return asked !== undefined && (asked.here ?? asked.asking) === "";
  };
}

export const cache = new Cache({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      retry: (failures, problem) => problem instanceof Offline && failures < 4,
      retryDelay: (attempt) => Math.min(4000, 400 * 2 ** attempt),
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
}).watch();
