// What the editor offers to name: departments, queues, roles, people and calendars, by key.
import { useQuery } from "@tanstack/vue-query";
import { api } from "@/api/client";
import type { components } from "../../../api/schema";

export type Book = components["schemas"]["ProcessBook"];
export type BookPart = keyof Book;
export const useBook = () => useQuery({ queryKey: ["process-book"], queryFn: () => api.get<Book>("/processes/book"), staleTime: 30_000 });

export type MovePreview = components["schemas"]["MovePreview"];
