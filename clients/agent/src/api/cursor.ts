// How new the desk is that this screen has heard of. What is asked for from now on includes it, so the live line is asked
// for what came since: it can never begin later than what it continues.
let newest = "";

/** Everything asked from now on was read later than this; empty before the first answer. */
export const cursorNow = (): string => newest;

/** A snapshot of the database, "xmin:xmax:those under way", in the order in which snapshots are taken. */
function age(cursor: string): [number, number, number] {
  const [min, max, running] = cursor.split(":");
  return [Number(min), Number(max), running ? -running.split(",").length : 0];
}
export function isOlder(one: string, other: string): boolean {
  const [a, b] = [age(one), age(other)];
  const at = a.findIndex((value, place) => value !== b[place]);
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0);
}
export const older = (one: string, other: string): string => (isOlder(one, other) ? one : other);

/** An answer or a frame names the state it was read from. */
export function hearCursor(told: string | null | undefined): void {
  if (told && (newest === "" || isOlder(newest, told))) newest = told;
}

/** The line begins anew, perhaps at a database that counts from somewhere else. */
export const beginAt = (told: string): void => void (newest = told);
