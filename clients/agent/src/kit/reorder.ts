// A list put in order by hand: dragged by a handle, or moved a step by ↑ and ↓ on it. The list says what moving means.
import { ref } from "vue";

/** Which way a key moves: -1, 1, or 0 when it is another key. */
export const stepOf = (event: KeyboardEvent): -1 | 0 | 1 => (event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0);

/** The list with one of it moved; null when nothing moves or there is no such place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] | null {
  const one = list[from];
  return one === undefined || from === to || to < 0 || to >= list.length ? null : list.toSpliced(from, 1).toSpliced(to, 0, one);
}

/** `move(from, to)`: where it stands and where it shall; a drop on a place puts it before what stands there. */
export function useReorder(move: (from: number, to: number) => void) {
  const dragged = ref<number | null>(null);
  const over = ref<number | null>(null);
  function drop(at: number): void {
    if (dragged.value !== null) move(dragged.value, dragged.value < at ? at - 1 : at);
    [dragged.value, over.value] = [null, null];
  }
  function press(event: KeyboardEvent, at: number): void {
    const by = stepOf(event);
    if (!by) return;
    event.preventDefault();
    move(at, at + by);
  }
  return { dragged, over, drop, press };
}
