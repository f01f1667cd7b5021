import { expect, test } from "vitest";
import { readHours, readSpan, saySpan, workdayOf } from "@/levels/spans";

const office = 27_000;

test.each([
  ["30s", 30], ["30 秒", 30], ["5m", 300], ["5分钟", 300], ["4h", 14_400], ["4个小时", 14_400], ["1天12小时", 129_600], ["2d 3h", 183_600], ["1周", 604_800],
  ["2个工作日", 54_000], ["2 working days", 54_000], ["1.5h", 5400], ["90 min", 5400],
])("%s", (text, seconds) => expect(readSpan(text, office)).toBe(seconds));

test.each(["", "soon", "5", "0s", "-3h", "3x", "400d"])("%s is no length of time", (text) => expect(readSpan(text, office)).toBeNull());

test("what is said can be read again", () => {
  for (const workday of [office, 86_400])
    for (const seconds of [1, 59, 60, 61, 3600, 5400, 27_000, 54_000, 86_399, 86_400, 90_061, 604_800])
      for (const language of ["zh-CN", "en"]) expect(readSpan(saySpan(seconds, workday, language), workday)).toBe(seconds);
  expect(saySpan(54_000, office, "zh-CN")).toBe("2个工作日");
  expect(saySpan(172_800, 86_400, "zh-CN")).toBe("2天");
});

test("hours are read as people write them, over midnight too", () => {
  expect(readHours("9-12, 13:30-18:00")).toEqual({ today: [["09:00", "12:00"], ["13:30", "18:00"]], tomorrow: [] });
  expect(readHours("22:00至06:00")).toEqual({ today: [["22:00", "24:00"]], tomorrow: [["00:00", "06:00"]] });
  expect(readHours("")).toEqual({ today: [], tomorrow: [] });
  for (const wrong of ["9", "9-9", "25-26", "9-12, 11-13", "9:75-10"]) expect(readHours(wrong)).toBeNull();
});

test("a working day is the first open day of the week", () => {
  expect(workdayOf({ mon: [], tue: [["09:00", "12:00"], ["13:30", "18:00"]] })).toBe(office);
  expect(workdayOf({})).toBe(86_400);
});
