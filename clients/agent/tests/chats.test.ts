import { expect, test } from "vitest";
import { arrange, beside } from "@/tickets/sideBySide";

const chats = [{ id: 3 }, { id: 5 }, { id: 9 }];

test("the brackets go round", () => {
  expect([beside(chats, 3, 1), beside(chats, 9, 1), beside(chats, 3, -1)]).toEqual([5, 3, 9]);
  expect([beside(chats, null, 1), beside(chats, 77, -1), beside([], 3, 1)]).toEqual([3, 9, null]);
});

test("free columns fill with the chats nobody looks at", () => expect(arrange([], [3, 5, 9], 5, 3, [])).toEqual([5, 3, 9]));

test("a chat that comes in takes the place of the one looked at longest ago, the others stay where they are", () => {
  expect(arrange([3, 5, 9], [3, 5, 9, 11], 11, 3, [5, 3, 9])).toEqual([3, 11, 9]);
  expect(arrange([3, 5], [3, 5], 5, 2, [3])).toEqual([3, 5]);
});

test("with fewer columns the open one stays", () => expect(arrange([3, 5, 9], [3, 5, 9], 9, 1, [3, 5])).toEqual([9]));
