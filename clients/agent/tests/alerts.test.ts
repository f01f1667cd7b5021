import { expect, test } from "vitest";
import { isQuietHour, minutesIn, wanted } from "@/alerts/rules";
import { standard } from "@/kit/standard";

const night = (clock: string) => isQuietHour("22:00", "07:30", Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3)));
const away = { focused: false, looking: false, minutes: 12 * 60 };

test("quiet hours lie over midnight", () => {
  expect(["21:59", "22:00", "00:00", "07:29", "07:30", "12:00"].map(night)).toEqual([false, true, true, true, false, false]);
  expect([isQuietHour("12:00", "13:00", 750), isQuietHour("12:00", "13:00", 780), isQuietHour("12:00", "12:00", 720), isQuietHour(null, "13:00", 750)]).toEqual([true, false, false, false]);
});

test("each kind is on or off by itself", () => {
  const chosen = { ...standard, sounds: ["chat" as const], notices: ["late" as const] };
  expect(wanted("chat", chosen, away)).toEqual({ sound: true, notice: false });
  expect(wanted("late", chosen, away)).toEqual({ sound: false, notice: true });
  expect(wanted("message", chosen, away)).toEqual({ sound: false, notice: false });
});

test("what she looks at is silent, and quiet while focused silences the rest", () => {
  const chosen = { ...standard, notices: ["message" as const] };
  expect(wanted("message", chosen, { ...away, focused: true, looking: true })).toEqual({ sound: false, notice: false });
  expect(wanted("message", chosen, { ...away, focused: true })).toEqual({ sound: true, notice: false });
  expect(wanted("message", { ...chosen, quietWhenFocused: true }, { ...away, focused: true })).toEqual({ sound: false, notice: false });
  expect(wanted("message", { ...chosen, quietWhenFocused: true }, away)).toEqual({ sound: true, notice: true });
});

test("silence is silence", () => {
  expect(wanted("late", { ...standard, volume: 0 }, away).sound).toBe(false);
  expect(wanted("late", { ...standard, notices: ["late"], quietFrom: "11:00", quietUntil: "13:00" }, away)).toEqual({ sound: false, notice: false });
});

test("the time of day is hers", () => expect(minutesIn("Asia/Shanghai", Date.UTC(2026, 0, 1, 16, 5))).toBe(5));
