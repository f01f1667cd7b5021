// Lengths of time as people type and read them: "30秒", "4h", "1天12小时", "2个工作日". Pure.
const units: [RegExp, number | "workday"][] = [
  [/^(?:个?工作日|work(?:ing)?\s*days?|wd)/i, "workday"],
  [/^(?:周|星期|w(?:eeks?)?)/i, 604_800],
  [/^(?:天|日|d(?:ays?)?)/i, 86_400],
  [/^(?:个?小时|个?钟头|时|h(?:ours?|rs?)?)/i, 3600],
  [/^(?:分钟|分|min(?:utes?)?|m)/i, 60],
  [/^(?:秒钟?|s(?:ec(?:onds?)?)?)/i, 1],
];

/** Seconds; null when it is none. `workday`: how many open seconds a working day of the calendar has. */
export function readSpan(text: string, workday: number): number | null {
  let rest = text.trim().replace(/[，,。\s]+/g, " ").trim();
  if (!rest) return null;
  let total = 0;
  while (rest) {
    const number = /^(\d+(?:\.\d+)?)\s*/.exec(rest);
    if (!number) return null;
    rest = rest.slice(number[0].length);
    const found = units.find(([name]) => name.test(rest));
    if (!found) return null;
    total += Number(number[1]) * (found[1] === "workday" ? workday : found[1]);
    rest = rest.replace(found[0], "").trim();
  }
  const seconds = Math.round(total);
  return seconds > 0 && seconds <= 366 * 86_400 ? seconds : null;
}

const names = {
  zh: { workday: "个工作日", 86_400: "天", 3600: "小时", 60: "分钟", 1: "秒" },
  en: { workday: " working days", 86_400: "d", 3600: "h", 60: "min", 1: "s" },
};

/** As people would type it, exact to the second. On a calendar that closes, whole working days are said as such. */
export function saySpan(seconds: number, workday: number, language: string): string {
  const words = language.startsWith("en") ? names.en : names.zh;
  if (workday < 86_400 && workday > 0 && seconds % workday === 0) {
    const days = seconds / workday;
    return `${days}${words.workday === " working days" && days === 1 ? " working day" : words.workday}`;
  }
  const parts: string[] = [];
  let left = seconds;
  // Two days of a calendar that closes are not two days: there hours are the largest.
  for (const unit of workday < 86_400 ? ([3600, 60, 1] as const) : ([86_400, 3600, 60, 1] as const)) {
    const count = Math.floor(left / unit);
    if (count) parts.push(`${count}${words === names.zh && unit === 1 ? "秒" : words[unit]}`);
    left -= count * unit;
  }
  return parts.join(words === names.en ? " " : "") || (words === names.zh ? "0秒" : "0s");
}

type Hours = [string, string][];
const minutes = (wall: string) => Number(wall.slice(0, 2)) * 60 + Number(wall.slice(3, 5));
export const openSeconds = (hours: Hours): number => hours.reduce((sum, [from, to]) => sum + (minutes(to) - minutes(from)) * 60, 0);

/** How long a working day of this week is: that of the first open weekday. */
export function workdayOf(week: Record<string, Hours> | undefined): number {
  for (const day of ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]) {
    const open = openSeconds(week?.[day] ?? []);
    if (open) return open;
  }
  return 86_400;
}

/** "9:00-12:00, 13:30-18" or "22:00-06:00" as hours of a day and, where it lies over midnight, of the next; null: not readable. */
export function readHours(text: string): { today: Hours; tomorrow: Hours } | null {
  const today: Hours = [];
  const tomorrow: Hours = [];
  for (const part of text.split(/[,，;；、\s]+/).filter(Boolean)) {
    const found = /^(\d{1,2})(?:[:：](\d{2}))?[-–—~至到](\d{1,2})(?:[:：](\d{2}))?$/.exec(part);
    if (!found) return null;
    const wall = (hour: string, minute: string | undefined) => `${hour.padStart(2, "0")}:${minute ?? "00"}`;
    const [from, to] = [wall(found[1]!, found[2]), wall(found[3]!, found[4])];
    if (minutes(from) >= 1440 || minutes(to) > 1440 || from === to || Number(found[2] ?? 0) > 59 || Number(found[4] ?? 0) > 59) return null;
    if (minutes(to) > minutes(from)) today.push([from, to]);
    else {
      today.push([from, "24:00"]);
      if (to !== "00:00") tomorrow.push(["00:00", to]);
    }
  }
  today.sort((a, b) => minutes(a[0]) - minutes(b[0]));
  for (let n = 1; n < today.length; n += 1) if (minutes(today[n]![0]) < minutes(today[n - 1]![1])) return null;
  return { today, tomorrow };
}

export const sayHours = (hours: Hours): string => hours.map(([from, to]) => `${from}-${to}`).join(", ");
