// Single keys outside inputs; never while an input method composes, never with Alt.
import { onBeforeUnmount, onMounted } from "vue";

type Action = (event: KeyboardEvent) => void;
export type KeyMap = Record<string, Action>;

// The newest map wins: an open ticket's `n` stands before the list's.
const maps: KeyMap[] = [];
const sequenceMs = 900;
let prefix = "";
let prefixTimer: ReturnType<typeof setTimeout> | undefined;

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

const overlayOpen = () => document.querySelector("[role=dialog][data-state=open], [role=listbox][data-state=open]") !== null;

function find(key: string): Action | undefined {
  for (let i = maps.length - 1; i >= 0; i -= 1) {
    const action = maps[i]?.[key];
    if (action) return action;
  }
  return undefined;
}

function name(event: KeyboardEvent): string {
  const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.shiftKey && /^[a-z]$/.test(letter) ? `⇧${letter.toUpperCase()}` : letter;
}

function press(event: KeyboardEvent): void {
  if (event.isComposing || event.keyCode === 229 || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.defaultPrevented || overlayOpen()) return;
  const key = name(event);
  if (typing(event.target)) {
    if (key === "Escape") (event.target as HTMLElement).blur();
    return;
  }
  // Buttons and links keep their own Enter.
  if (key === "Enter" && event.target instanceof HTMLElement && event.target.closest("a,button")) return;
  const sequence = prefix + key;
  const action = find(sequence) ?? (prefix ? find(key) : undefined);
  clearTimeout(prefixTimer);
  const continues = maps.some((map) => Object.keys(map).some((one) => one !== sequence && one.startsWith(sequence) && sequence.length < one.length));
  prefix = continues && key.length === 1 ? sequence : "";
  if (prefix) prefixTimer = setTimeout(() => (prefix = ""), sequenceMs);
  if (!action) return;
  event.preventDefault();
  action(event);
}

/** What a key would do now, for those who choose it from the palette instead. */
export const actionOf = (key: string): Action | undefined => find(key.replace(" ", ""));

window.addEventListener("keydown", press);

/** ⌘/Ctrl+K works everywhere, inputs included. */
export function usePalette(open: () => void): void {
  const listen = (event: KeyboardEvent) => {
    if (event.isComposing || event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    open();
  };
  onMounted(() => window.addEventListener("keydown", listen));
  onBeforeUnmount(() => window.removeEventListener("keydown", listen));
}

/** The keys of a component while it is on screen. */
export function useKeys(map: KeyMap): void {
  onMounted(() => maps.push(map));
  onBeforeUnmount(() => maps.splice(maps.indexOf(map), 1));
}
