// Single keys outside inputs; never while an input method composes, never with Alt.
import { nextTick, onBeforeUnmount, onMounted, shallowReactive } from "vue";
import { packed, pressedFor } from "./bindings";

type Action = (event: KeyboardEvent) => void;
/** By the keys that stand in keyList.ts, without their gap: "gm", "⇧E". */
export type KeyMap = Record<string, Action>;

// The newest map wins: an open ticket's `n` stands before the list's. The palette shows what comes and goes.
const maps = shallowReactive<{ keys: KeyMap; on: () => boolean }[]>([]);
const sequenceMs = 900;
let prefix = "";
let prefixTimer: ReturnType<typeof setTimeout> | undefined;

export const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

const overlayOpen = () => document.querySelector("[role=dialog][data-state=open], [role=listbox][data-state=open]") !== null;

function* pressable(): Generator<[pressed: string, action: Action]> {
  for (let i = maps.length - 1; i >= 0; i -= 1) {
    const map = maps[i];
    if (!map?.on()) continue;
    for (const [key, action] of Object.entries(map.keys)) {
      const pressed = pressedFor(key);
      if (pressed) yield [pressed, action];
    }
  }
}
function find(pressed: string): Action | undefined {
  for (const [key, action] of pressable()) if (key === pressed) return action;
  return undefined;
}
const continues = (pressed: string) => [...pressable()].some(([key]) => key.length > pressed.length && key.startsWith(pressed));

/** A key event by the name it has in the list: "j", "⇧E", "Escape". */
export function nameOf(event: KeyboardEvent): string {
  const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.shiftKey && /^[a-z]$/.test(letter) ? `⇧${letter.toUpperCase()}` : letter;
}

export const composing = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229;

// While a page is on its way, keys wait for it: `j` and a fast `r` answer the ticket that `j` opened.
let holds = 0;
const waiting: KeyboardEvent[] = [];
let chosen: (() => void)[] = [];
const longestHoldMs = 1500;

/** Keys pressed from now on wait until the promise settles (or a moment has passed). */
export function holdKeys(until: Promise<unknown>): void {
  holds += 1;
  const given = new Promise((done) => setTimeout(done, longestHoldMs));
  void Promise.race([until.catch(() => undefined), given]).then(nextTick).then(async () => {
    holds -= 1;
    for (let event = waiting[0]; event && holds === 0; event = waiting[0]) {
      waiting.shift();
      // An earlier one may have put the focus into a text: this one was meant for it.
      if (typing(document.activeElement) && event.key.length === 1) document.execCommand("insertText", false, event.key);
      else act(event);
      await nextTick();
      await nextTick();
    }
    if (holds > 0) return;
    const run = chosen;
    chosen = [];
    run.forEach((each) => each());
  });
}

/** Does it now, or as soon as the page it is meant for is there. */
export function whenFree(run: () => void): void {
  if (holds > 0) chosen.push(run);
  else run();
}

function press(event: KeyboardEvent): void {
  if (composing(event) || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.defaultPrevented || overlayOpen()) return;
  if (typing(event.target)) {
    if (event.key === "Escape") (event.target as HTMLElement).blur();
    return;
  }
  // Buttons and links keep their own Enter.
  if (event.key === "Enter" && event.target instanceof HTMLElement && event.target.closest("a,button")) return;
  if (holds > 0 || waiting.length) {
    if (event.key === "Tab" || event.key === "Shift") return;
    event.preventDefault();
    waiting.push(event);
  } else act(event);
}

function act(event: KeyboardEvent): void {
  const key = nameOf(event);
  const sequence = prefix + key;
  const action = find(sequence) ?? (prefix ? find(key) : undefined);
  clearTimeout(prefixTimer);
  prefix = key.length === 1 && continues(sequence) ? sequence : "";
  if (prefix) prefixTimer = setTimeout(() => (prefix = ""), sequenceMs);
  if (!action) return;
  event.preventDefault();
  action(event);
}

/** What a key of the list would do now, for those who choose it from the palette instead. */
export function actionOf(key: string): Action | undefined {
  for (let i = maps.length - 1; i >= 0; i -= 1) {
    const action = maps[i]?.on() ? maps[i]?.keys[packed(key)] : undefined;
    if (action) return action;
  }
  return undefined;
}

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

/** The keys of a component while it is on screen, and `on` says so. */
export function useKeys(keys: KeyMap, on: () => boolean = () => true): void {
  const map = { keys, on };
  onMounted(() => maps.push(map));
  onBeforeUnmount(() => maps.splice(maps.indexOf(map), 1));
}
