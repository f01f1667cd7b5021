// The server owns the clock: deadlines are its instants, and the screen only knows how far off its own clock is.
import { ref } from "vue";

let offsetMs: number | null = null;
/** A difference this large is no delay on the way: one of the clocks was set. */
const setMs = 5000;

/** The server's time in ms, refreshed once a second for everything that counts down. */
export const now = ref(Date.now());

/** Learns the distance between the two clocks from a time the server just told. */
export function learn(serverTime: string | undefined): void {
  const told = serverTime ? Date.parse(serverTime) : Number.NaN;
  if (Number.isNaN(told)) return;
  const heard = told - Date.now();
  // News comes late, never early: of several the one with the shortest way is the truest.
  offsetMs = offsetMs === null || Math.abs(heard - offsetMs) > setMs ? heard : Math.max(offsetMs, heard);
  now.value = serverNow();
}

export const serverNow = (): number => Date.now() + (offsetMs ?? 0);

function tick(): void {
  now.value = serverNow();
  // Aligned to the server's full second, so that all countdowns turn together.
  setTimeout(tick, 1000 - (now.value % 1000) + 2);
}
tick();
