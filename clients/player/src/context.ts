/** What the game tells us about the moment: typed values for the form, and the player's last steps. */

let lasting: Record<string, unknown> = {};
let once: Record<string, unknown> = {};
const breadcrumbs: string[] = [];

/** Values given with open() hold until the next ticket; those of setContext() hold until changed. */
export function setContext(values: unknown, forNextTicket = false): void {
  if (typeof values !== "object" || values === null) return;
  if (forNextTicket) once = { ...(values as Record<string, unknown>) };
  else lasting = { ...lasting, ...(values as Record<string, unknown>) };
}

export function addBreadcrumb(text: string): void {
  breadcrumbs.push(`${new Date().toISOString()} ${text.slice(0, 200)}`);
  if (breadcrumbs.length > 20) breadcrumbs.shift();
}

export function context(): Record<string, unknown> {
  const all = { ...lasting, ...once };
  return breadcrumbs.length ? { ...all, breadcrumbs: breadcrumbs.join("\n") } : all;
}

export function contextUsed(): void {
  once = {};
}
