/** Moving between screens; the phone's own back key works where we own the page. */
import { embedded, tell } from "./host";
import { change, currentScreen, state, type Screen } from "./store";

/** How many of the screens below us the browser's history knows about. */
let pushed = 0;

export function go(screen: Screen): void {
  if (JSON.stringify(currentScreen()) === JSON.stringify(screen)) return;
  change({ stack: [...state.stack, screen] });
  if (embedded) return;
  history.pushState(null, "");
  pushed += 1;
}

/** Like go, but the way back leads past the screen being left (a form that has been sent). */
export function goInstead(screen: Screen): void {
  change({ stack: [...state.stack.slice(0, -1), screen] });
}

/** Straight to a screen, as the game asked; back then leads home. */
export function jump(screen: Screen): void {
  change({ stack: screen.name === "home" ? [screen] : [{ name: "home" }, screen] });
}

export function back(): void {
  if (pushed > 0) history.back();
  else pop();
}

export function close(): void {
  tell("close");
}

function pop(): void {
  if (state.stack.length > 1) change({ stack: state.stack.slice(0, -1) });
  else close();
}

if (!embedded) {
  window.addEventListener("popstate", () => {
    pushed = Math.max(0, pushed - 1);
    pop();
  });
}

let hiding: ReturnType<typeof setTimeout> | undefined;

/** A short line over the screen; gone by itself. */
export function toast(text: string, ticketId?: number): void {
  clearTimeout(hiding);
  change({ toast: { text, ticketId } });
  hiding = setTimeout(() => change({ toast: null }), 4500);
}
