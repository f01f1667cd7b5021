import { expect, test } from "vitest";
import { dayBeside, dayIn } from "@/insights/hours";

test("the day before and after, over months and years", () => {
  expect(dayBeside("2026-11-01", -1)).toBe("2026-10-31");
  expect(dayBeside("2026-12-31", 1)).toBe("2027-01-01");
  expect(dayBeside("2028-02-28", 1)).toBe("2028-02-29");
});

test("an address names a day, or none", () => {
  expect(dayIn("2026-11-13")).toBe("2026-11-13");
  for (const other of ["", "today", "2026-13-40", "11-13", undefined, ["2026-11-13"]]) expect(dayIn(other)).toBe("");
});
