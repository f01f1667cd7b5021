// How near a deadline is. A promise of seconds is told by parts of it (15 s and 25 s of 30 s), a longer one by the server's warning.
export type Stage = "none" | "calm" | "soon" | "urgent" | "late";

export interface Deadline {
  /** Instants of the server, in ms; null: no deadline runs. */
  due: number | null;
  warn: number | null;
  since: number | null;
}

const shortMs = 120_000;
const soonPart = 15 / 30;
const urgentPart = 25 / 30;

/** Seconds left, rounded up: 0 is reached when the time is over, negative is late. */
export const secondsLeft = (due: number, now: number): number => Math.ceil((due - now) / 1000);

/** What of the time has gone by, 0 to 1; 0 when nobody knows when it began. */
export function gone({ due, since }: Deadline, now: number): number {
  if (due === null || since === null || due <= since) return 0;
  return Math.min(1, Math.max(0, (now - since) / (due - since)));
}

export function stageOf(deadline: Deadline, now: number): Stage {
  const { due, warn, since } = deadline;
  if (due === null) return "none";
  if (secondsLeft(due, now) <= 0) return "late";
  if (since !== null && due - since <= shortMs) {
    const part = gone(deadline, now);
    return part >= urgentPart ? "urgent" : part >= soonPart ? "soon" : "calm";
  }
  return warn !== null && warn <= now ? "soon" : "calm";
}

/** How deep the background of a late row is: 1 from the first second, 2 after a minute, 3 after five. */
export const depthOfLate = (due: number | null, now: number): 0 | 1 | 2 | 3 =>
  due === null || now < due ? 0 : now - due < 60_000 ? 1 : now - due < 300_000 ? 2 : 3;
