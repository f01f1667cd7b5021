// Who sits at this screen.
import { computed, shallowRef } from "vue";
import { cache } from "@/api/cache";
import { api, onSignedOut } from "@/api/client";
import type { Locale, Me, PresenceState } from "@/api/types";
import { locale, speak } from "@/kit/words";
import { start, stop } from "@/live/socket";

export const me = shallowRef<Me | null>(null);

/** May this person do that? Only hides what the server would refuse anyway. */
export const may = (permission: string): boolean => me.value?.permissions.includes(permission) ?? false;
export const isLead = computed(() => may("board.see"));

function arrive(person: Me): void {
  me.value = person;
  start();
  if (person.locale !== locale.value) void speak(person.locale);
}

/** Picks up a session that is still valid; throws the refusal when there is none. */
export async function resume(): Promise<void> {
  arrive(await api.get<Me>("/me"));
}

export async function signIn(login: string, password: string): Promise<void> {
  const chosen = locale.value;
  const person = await api.post<Me>("/sign-in", { login, password });
  arrive({ ...person, locale: chosen });
  // The language chosen on the sign-in page is the newest wish.
  if (person.locale !== chosen) void setLocale(chosen);
}

export function forget(): void {
  me.value = null;
  stop();
  cache.clear();
}

export async function signOut(): Promise<void> {
  await api.post("/sign-out").catch(() => undefined);
  forget();
}

export async function setLocale(wanted: Locale): Promise<void> {
  await speak(wanted);
  if (me.value) me.value = await api.patch<Me>("/me", { locale: wanted });
}

/** Shown at once, taken back when the server refuses. */
export async function setPresence(state: PresenceState): Promise<void> {
  const before = me.value;
  if (!before) return;
  me.value = { ...before, presence: { state, since: new Date().toISOString() } };
  try {
    me.value = await api.put<Me>("/me/presence", { state });
  } catch (problem) {
    me.value = before;
    throw problem;
  }
}

onSignedOut(forget);
