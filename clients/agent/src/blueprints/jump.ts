// To the place of a problem: the element that bears it, or the nearest one above it.

/** "then.0.to" → "then.0.to", "then.0", "then". */
export function ways(place: string): string[] {
  const parts = place.split(".");
  return parts.map((_, n) => parts.slice(0, parts.length - n).join(".")).filter(Boolean);
}

export function jumpTo(box: HTMLElement, place: string): boolean {
  for (const way of ways(place)) {
    const found = box.querySelector<HTMLElement>(`[data-place="${CSS.escape(way)}"]`);
    if (!found) continue;
    found.scrollIntoView({ block: "center", behavior: "smooth" });
    const fields = "input,select,textarea";
    // What can be filled in, rather than a handle or a cross beside it.
    const inner = found.matches(`${fields},button,[tabindex]`) ? found : (found.querySelector<HTMLElement>(fields) ?? found.querySelector<HTMLElement>("button,[tabindex]"));
    inner?.focus({ preventScroll: true });
    return true;
  }
  return false;
}
