// The one cache of server state; the live socket keeps it fresh, so queries rarely refetch by themselves.
import { QueryClient } from "@tanstack/vue-query";
import { Offline } from "./client";

export const cache = new QueryClient({
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
});
