// The server owns the clock: deadlines are its instants, and the screen only knows how far off its own clock is.
import { ref } from "vue";

let offsetMs = 0;

/** The server's time in ms, refreshed once a second for everything that counts down. */
export const now = ref(Date.now());

/** Learns the distance between the two clocks from a time the server just told. */
export function learn(serverTime: string | undefined): void {
  const told = serverTime ? Date.parse(serverTime) : Number.NaN;
  if (Number.isNaN(told)) return;
  offsetMs = told - Date.now();
  now.value = told;
}

export const serverNow = (): number => Date.now() + offsetMs;

function tick(): void {
  now.value = serverNow();
  // Aligned to the server's full second, so that all countdowns turn together.
  setTimeout(tick, 1000 - (now.value % 1000) + 2);
}
tick();
