import { expect, test } from "vitest";
import { moved, useReorder } from "@/kit/reorder";

const list = ["a", "b", "c", "d"];

function dropped(from: number, onto: number): string {
  let now = list;
  const { dragged, drop } = useReorder((one, to) => (now = moved(now, one, to) ?? now));
  dragged.value = from;
  drop(onto);
  return now.join("");
}

test("what is dropped on a place stands before what stood there, whichever way it came", () => {
  expect(dropped(0, 2)).toBe("bacd");
  expect(dropped(3, 1)).toBe("adbc");
  expect(dropped(0, 4)).toBe("bcda");
  expect([dropped(1, 1), dropped(1, 2)]).toEqual(["abcd", "abcd"]);
});

test("there is no place before the first and after the last", () => {
  expect([moved(list, 0, -1), moved(list, 3, 4), moved(list, 9, 0), moved(list, 2, 2)]).toEqual([null, null, null, null]);
});
