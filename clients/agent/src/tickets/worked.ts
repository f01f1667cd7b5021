// The agent has done with a ticket what could be done now: answered it, or resolved it.
import type { Id } from "@/api/types";

const listeners = new Set<(id: Id) => void>();

export function onWorked(listener: (id: Id) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
export const worked = (id: Id): void => listeners.forEach((hear) => hear(id));
