// Of a long list only the lines on screen exist. Lines are of two heights, so every place is known without measuring:
// a hundred thousand lines cost what fifty do.
import { computed, onBeforeUnmount, ref, toValue, watch, type MaybeRefOrGetter, type Ref } from "vue";

export interface Line {
  index: number;
  start: number;
  size: number;
}
/** `heads`: the places, in order, of the lines that are `head` pixels high; all others are `row` pixels high. */
export interface Heights {
  row: number;
  head: number;
  heads: readonly number[];
}

/** How many of the ordered numbers are smaller. */
function below(ordered: readonly number[], value: number): number {
  let low = 0;
  for (let high = ordered.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (ordered[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where a line begins; of the line after the last: how high all are. */
export const startOf = ({ row, head, heads }: Heights, index: number): number => index * row + below(heads, index) * (head - row);

/** The line at this height. */
export function lineAt(heights: Heights, count: number, y: number): number {
  let low = 0;
  for (let high = Math.max(0, count - 1); low < high; ) {
    const middle = (low + high + 1) >> 1;
    if (startOf(heights, middle) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

const beyond = 8;
const step = 4;
/** The lines of a window from `top` to `bottom` and some beyond; it moves by several at a time, not by each. */
export function linesBetween(heights: Heights, count: number, top: number, bottom: number): Line[] {
  if (!count) return [];
  const first = Math.max(0, Math.floor((lineAt(heights, count, top) - beyond) / step) * step);
  const last = Math.min(count - 1, Math.ceil((lineAt(heights, count, bottom) + beyond) / step) * step);
  return Array.from({ length: last - first + 1 }, (_, at) => {
    const start = startOf(heights, first + at);
    return { index: first + at, start, size: startOf(heights, first + at + 1) - start };
  });
}

export function useWindow(box: Ref<HTMLElement | null>, count: MaybeRefOrGetter<number>, heights: MaybeRefOrGetter<Heights>) {
  const top = ref(0);
  const height = ref(0);
  function look(): void {
    if (box.value) [top.value, height.value] = [box.value.scrollTop, box.value.clientHeight];
  }
  const growth = new ResizeObserver(look);
  watch(box, (now, before) => {
    before?.removeEventListener("scroll", look);
    growth.disconnect();
    now?.addEventListener("scroll", look, { passive: true });
    if (now) growth.observe(now);
  });
  onBeforeUnmount(() => growth.disconnect());

  let shown: Line[] = [];
  return {
    total: computed(() => startOf(toValue(heights), toValue(count))),
    /** The same array as long as the same lines are shown. */
    lines: computed(() => {
      const next = linesBetween(toValue(heights), toValue(count), top.value, top.value + height.value);
      const same = next.length === shown.length && next.every((line, at) => line.index === shown[at]!.index && line.start === shown[at]!.start && line.size === shown[at]!.size);
      return same ? shown : (shown = next);
    }),
    /** Scrolls no further than needed to show a line. */
    reveal(index: number): void {
      const el = box.value;
      if (!el) return;
      const [start, end] = [startOf(toValue(heights), index), startOf(toValue(heights), index + 1)];
      if (start < el.scrollTop) el.scrollTop = start;
      else if (end > el.scrollTop + el.clientHeight) el.scrollTop = end - el.clientHeight;
      look();
    },
  };
}
