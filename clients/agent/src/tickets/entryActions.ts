// What can be done with one message: the buttons beside it. Another part of the desk adds its own with `addEntryAction`
// (once, when its module is loaded); they are shown in the order they were added.
import { shallowReactive } from "vue";
import type { Entry, TicketRow } from "@/api/types";

export interface EntryAction {
  key: string;
  icon: string;
  /** The name of its text, such as "writing.quote". */
  label: string;
  fits: (entry: Entry, row: TicketRow) => boolean;
  run: (entry: Entry, row: TicketRow) => void;
}

export const entryActions = shallowReactive<EntryAction[]>([]);

export function addEntryAction(action: EntryAction): void {
  if (!entryActions.some((one) => one.key === action.key)) entryActions.push(action);
}
