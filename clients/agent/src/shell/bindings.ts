// What is pressed for what: the list of keys with the person's changes.
import { computed } from "vue";
import { preferences } from "@/kit/preferences";
import { keyGroups } from "./keyList";

type Listed = readonly [key: string, what: string];
const listed = (keyGroups as readonly { keys: readonly Listed[] }[]).flatMap((group) => group.keys);

/** Keys that are part of the page and not of the map: they stay. */
export const isFixed = (key: string): boolean => /^(Esc|Enter|⌘.*|1…9)$/.test(key);

/** "g m" as it is compared: without the gap. */
export const packed = (key: string): string => key.replace(" ", "");

const defaults = new Map<string, string>(listed.map(([key, what]) => [what, key]));
const changed = computed(
  () => new Map(listed.flatMap(([key, what]) => (preferences.value.keys[what] === undefined || isFixed(key) ? [] : [[packed(key), preferences.value.keys[what] as string] as const]))),
);

/** The key of an action as it is shown: "g m"; "" when she took it away. */
export const keyOf = (what: string): string => {
  const key = defaults.get(what) ?? "";
  return isFixed(key) ? key : (preferences.value.keys[what] ?? key);
};

/** What is pressed for the key that stands in the code; null: nothing. */
export function pressedFor(key: string): string | null {
  const own = changed.value.get(key);
  return own === undefined ? key : own ? packed(own) : null;
}

/** Those that a key would be in the way of: the same key, or the beginning of a sequence. */
export function conflicts(what: string, key: string): string[] {
  const wanted = packed(key);
  if (!wanted) return [];
  return [...defaults.keys()].filter((other) => {
    const theirs = packed(keyOf(other));
    if (other === what || !theirs) return false;
    if (theirs === "1…9") return /^[1-9]/.test(wanted);
    // "." and ".." live together: the shorter one waits a moment.
    const dots = /^\.+$/.test(wanted) && /^\.+$/.test(theirs);
    return theirs === wanted || (!dots && (theirs.startsWith(wanted) || wanted.startsWith(theirs)));
  });
}
