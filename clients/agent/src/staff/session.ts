// Who sits at this screen.
import { computed, ref, shallowRef, watch } from "vue";
import { cache } from "@/api/cache";
import { api, onSignedOut } from "@/api/client";
import type { Locale, Me, PresenceState } from "@/api/types";
import { locale, speak } from "@/kit/words";
import { serverNow } from "@/live/clock";
import { start, stop } from "@/live/socket";

export const me = shallowRef<Me | null>(null);

/** How long she was away when her screen came back, in ms; stands still while the notice is read. */
export const awayFor = ref(0);
watch(
  () => me.value?.lostSince ?? null,
  (lost) => (awayFor.value = lost === null ? 0 : Math.max(0, serverNow() - Date.parse(lost))),
);

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

let asking: Promise<void> | null = null;

/** Asks who and how she is now: another screen, or the server itself, may have changed it. */
export function refresh(): Promise<void> {
  if (!me.value) return Promise.resolve();
  asking ??= api
    .get<Me>("/me")
    .then((person) => void (me.value?.id === person.id && (me.value = person)))
    .catch(() => undefined)
    .finally(() => (asking = null));
  return asking;
}

export async function signIn(login: string, password: string): Promise<void> {
  enterAs(await api.post<Me>("/sign-in", { login, password }));
}

/** The door has opened for this person, by whatever way. */
export function enterAs(person: Me): void {
  const chosen = locale.value;
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
  me.value = { ...before, presence: { state, since: new Date().toISOString() }, lostSince: null };
  try {
    me.value = await api.put<Me>("/me/presence", { state });
  } catch (problem) {
    me.value = before;
    throw problem;
  }
}

onSignedOut(forget);
