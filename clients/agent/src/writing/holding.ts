// How long a reply may be undone: as somebody chose, and not at all where the player waits by the second.
import type { TicketRow } from "@/api/types";
import { preferences } from "@/kit/preferences";

const longest = 15;
export const holdSeconds = (row: TicketRow): number => (row.live ? 0 : Math.min(longest, preferences.value.undoSeconds));
