// What conditions can ask about; read once a minute at most.
import { useQuery } from "@tanstack/vue-query";
import { api } from "@/api/client";
import type { Fieldbook } from "@/api/types";

export const useFields = () => useQuery({ queryKey: ["condition-fields"], queryFn: () => api.get<Fieldbook>("/views/fields"), staleTime: 60_000 });
