import { expect, it } from "vitest";
import { dayOf, narrowed, readChip, typedChip, written, type Chip } from "@/search/chips";

it.each([
  ["status:", "status", "", ""],
  ["充值 状态：处理", "status", "处理", "充值 "],
  ["VIP:h", "tier", "h", ""],
  ["a 从:2026-11-01", "from", "2026-11-01", "a "],
])("a chip is being typed in %s", (text, field, typed, before) => {
  expect(typedChip(text)).toEqual({ field, typed, before });
});

it.each(["", "status", "http://x", "status: open", "12:30", "player:5"])("no chip in %s", (text) => {
  expect(typedChip(text)).toBeNull();
});

it.each([
  ["2026-11-22", "2026-11-22"], ["2026/1/2", "2026-01-02"], ["11-22", "2026-11-22"], ["11月5日", "2026-11-05"],
  ["2026-02-30", null], ["13-01", null], ["x", null], ["", null],
])("%s is the day %s", (typed, day) => {
  expect(dayOf(typed, 2026)).toBe(day);
});

it("makes a tree of the condition language", () => {
  const chips: Chip[] = [
    { field: "status", value: "new" }, { field: "status", value: "open" }, { field: "tier", value: "none" }, { field: "assignee", value: "me" },
    { field: "assignee", value: "none" }, { field: "queue", value: "3" }, { field: "from", value: "2026-11-01" }, { field: "to", value: "2026-11-30" },
    { field: "has", value: "attachment" }, { field: "player", value: "9", label: "云:中客" },
  ];
  expect(narrowed(chips)).toEqual({
    condition: {
      all: [
        { field: "status", in: ["new", "open"] }, { field: "tier", in: ["none"] },
        { any: [{ field: "assignee", in: [{ me: true }] }, { field: "assignee", is_empty: true }] },
        { field: "queue", in: [3] }, { field: "created", after: "2026-11-01" }, { field: "created", before: "2026-12-01" },
      ],
    },
    attachments: true,
    player: 9,
  });
  expect(narrowed([])).toEqual({ condition: null, attachments: false, player: null });
  for (const chip of chips) expect(readChip(written(chip))).toEqual({ label: undefined, ...chip });
});

it.each(["", "status", "nonsense:1", "queue:x", "from:yesterday", "player:x;y"])("an address with %s has no chip", (text) => {
  expect(readChip(text)).toBeNull();
});
