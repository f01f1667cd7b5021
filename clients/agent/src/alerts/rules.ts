// When something may be heard or shown. Pure.
import type { Preferences } from "@/api/types";

export type Alarm = Preferences["sounds"][number];
export const alarms: Alarm[] = ["chat", "ticket", "message", "mention", "late"];

/** "22:00" to "07:30" may lie over midnight; `minutes` is the time of day now. Equal ends: never quiet. */
export function isQuietHour(from: string | null, until: string | null, minutes: number): boolean {
  if (from === null || until === null || from === until) return false;
  const at = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
  const [begin, end] = [at(from), at(until)];
  return begin < end ? minutes >= begin && minutes < end : minutes >= begin || minutes < end;
}

export interface Moment {
  /** The desk is what she looks at now. */
  focused: boolean;
  /** The very thing is on her screen. */
  looking: boolean;
  /** Minutes since midnight, in her zone. */
  minutes: number;
}

/** What one event does: a tone, a notice of the operating system, both or neither. */
export function wanted(kind: Alarm, chosen: Preferences, { focused, looking, minutes }: Moment): { sound: boolean; notice: boolean } {
  const quiet = isQuietHour(chosen.quietFrom, chosen.quietUntil, minutes) || (chosen.quietWhenFocused && focused);
  return {
    sound: !quiet && chosen.sounds.includes(kind) && chosen.volume > 0 && !(focused && looking),
    // What is in front of her needs no notice.
    notice: !quiet && chosen.notices.includes(kind) && !focused,
  };
}

/** Minutes since midnight in a zone. */
export function minutesIn(timeZone: string, at: number): number {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(at);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value ?? 0);
  return part("hour") * 60 + part("minute");
}
