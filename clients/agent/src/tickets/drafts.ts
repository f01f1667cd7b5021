// Text being written, per ticket and mode: survives leaving the ticket and reloading the page.
import { reactive, watch } from "vue";
import type { FileInfo, Id } from "@/api/types";

export type Mode = "reply" | "note";
export interface Draft {
  body: string;
  attachments: FileInfo[];
}

const storeKey = "playerdesk.drafts";

function stored(): [string, Draft][] {
  try {
    return JSON.parse(sessionStorage.getItem(storeKey) ?? "[]") as [string, Draft][];
  } catch {
    return [];
  }
}

const drafts = reactive(new Map<string, Draft>(stored()));
const nameOf = (id: Id, mode: Mode) => `${id}:${mode}`;

watch(drafts, () => sessionStorage.setItem(storeKey, JSON.stringify([...drafts].filter(([, one]) => hasText(one)))), {
  deep: true,
});

export const hasText = (draft: Draft): boolean => draft.body.trim() !== "" || draft.attachments.length > 0;

export function draftOf(id: Id, mode: Mode): Draft {
  const key = nameOf(id, mode);
  if (!drafts.has(key)) drafts.set(key, { body: "", attachments: [] });
  return drafts.get(key) as Draft;
}

export const hasDraft = (id: Id): boolean =>
  (["reply", "note"] as const).some((mode) => hasText(drafts.get(nameOf(id, mode)) ?? { body: "", attachments: [] }));

export function clearDraft(id: Id, mode: Mode): void {
  Object.assign(draftOf(id, mode), { body: "", attachments: [] });
}

/** Puts text back that was not sent, before whatever has been written since. */
export function giveBack(id: Id, mode: Mode, returned: Draft): void {
  const draft = draftOf(id, mode);
  draft.body = draft.body.trim() ? `${returned.body}\n${draft.body}` : returned.body;
  draft.attachments = [...returned.attachments, ...draft.attachments];
}

export function forgetDrafts(): void {
  drafts.clear();
}
