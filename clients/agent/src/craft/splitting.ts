// The button "split off" beside a player's message; the dialog is downloaded when it is first wanted.
import { shallowRef } from "vue";
import type { Entry, TicketRow } from "@/api/types";
import { may } from "@/staff/session";
import { addEntryAction } from "@/tickets/entryActions";

export const splitting = shallowRef<{ entry: Entry; row: TicketRow } | null>(null);

addEntryAction({
  key: "split",
  icon: "i-lucide-split",
  label: "follow.split",
  fits: (entry) => entry.kind === "message" && entry.author === "player" && may("tickets.merge"),
  run: (entry, row) => (splitting.value = { entry, row }),
});
