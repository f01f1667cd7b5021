// A list one walks with the arrows while the focus stays in a text box: menus, the palette, suggestions.
import { nextTick, ref, toValue, watch, type MaybeRefOrGetter, type Ref } from "vue";

export interface Picking {
  /** The marked place. */
  at: Ref<number>;
  move: (by: number) => void;
  /** For the box's keydown; true when the key was one of the list's. */
  onKey: (event: KeyboardEvent) => boolean;
  /** The id of the n-th option, for aria-activedescendant. */
  idOf: (place: number) => string;
}

export function usePicking<T>(id: string, items: MaybeRefOrGetter<readonly T[]>, pick: (item: T) => void): Picking {
  const at = ref(0);
  const idOf = (place: number) => `${id}-${place}`;
  watch(
    () => toValue(items).length,
    (length) => (at.value = Math.min(at.value, Math.max(0, length - 1))),
  );
  function move(by: number): void {
    const { length } = toValue(items);
    at.value = (at.value + by + length) % Math.max(1, length);
    void nextTick(() => document.getElementById(idOf(at.value))?.scrollIntoView({ block: "nearest" }));
  }
  function onKey(event: KeyboardEvent): boolean {
    if (event.isComposing || event.keyCode === 229) return false;
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter") {
      const item = toValue(items)[at.value];
      if (item !== undefined) pick(item);
    } else return false;
    event.preventDefault();
    return true;
  }
  return { at, move, onKey, idOf };
}
