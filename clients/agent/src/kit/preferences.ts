// What somebody chose for herself, on every device: shown at once, kept on the server, put back visibly when refused.
// `preferences.value.undoSeconds` and so on are always there: the server's defaults hold until it has answered.
import { ref, watch } from "vue";
import { api, Offline } from "@/api/client";
import type { Preferences } from "@/api/types";
import { complain } from "./notices";
import { standard } from "./standard";

const storeKey = "playerdesk.preferences";
const settleMs = 250;
const retryMs = 4000;

function stored(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(storeKey) ?? "{}") as Partial<Preferences>;
  } catch {
    return {};
  }
}

// What this device knew last: the first paint already has the right theme and zone.
export const preferences = ref<Preferences>({ ...standard, ...stored() });
watch(preferences, (now) => localStorage.setItem(storeKey, JSON.stringify(now)));

type Changes = Partial<Omit<Preferences, "revision">>;
let unsaved: Changes = {};
let before: Changes = {};
let timer: ReturnType<typeof setTimeout> | undefined;

/** Reads them anew: somebody signed in, or another screen of hers chose something. */
export async function readPreferences(): Promise<void> {
  const known = await api.get<Preferences>("/me/preferences").catch(() => null);
  if (known) preferences.value = { ...known, ...unsaved };
}

/** Another screen's choice has been heard of. */
export function preferencesChanged(revision: number): void {
  if (revision > preferences.value.revision) void readPreferences();
}

async function save(): Promise<void> {
  const sent = unsaved;
  const back = before;
  unsaved = {};
  before = {};
  try {
    const answer = await api.patch<Preferences>("/me/preferences", sent);
    preferences.value = { ...answer, ...unsaved };
  } catch (problem) {
    if (problem instanceof Offline) {
      unsaved = { ...sent, ...unsaved };
      before = { ...before, ...back };
      timer = setTimeout(() => void save(), retryMs);
      return;
    }
    preferences.value = { ...preferences.value, ...back, ...unsaved };
    complain(problem);
  }
}

/** Chooses something; several choices made quickly travel together. */
export function prefer(changes: Changes): void {
  const known = preferences.value as Record<string, unknown>;
  const fresh = Object.fromEntries(Object.keys(changes).filter((name) => !(name in unsaved)).map((name) => [name, known[name]]));
  before = { ...fresh, ...before };
  unsaved = { ...unsaved, ...changes };
  preferences.value = { ...preferences.value, ...changes };
  clearTimeout(timer);
  timer = setTimeout(() => void save(), settleMs);
}

/** A width in pixels, or 0 and 1 for closed and open. */
export const pane = (name: string, otherwise: number): number => preferences.value.panes[name] ?? otherwise;
export const setPane = (name: string, value: number): void => prefer({ panes: { ...preferences.value.panes, [name]: Math.round(value) } });
