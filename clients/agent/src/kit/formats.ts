// Numbers, money, dates and spans as people read them, in the language in use.
import { preferences } from "./preferences";
import { locale } from "./words";

export type DateStyle = "time" | "day" | "full" | "date" | "weekday";

const clock = { hour: "2-digit", minute: "2-digit" } as const;
const styles: Record<DateStyle, Intl.DateTimeFormatOptions> = {
  time: clock,
  day: { month: "short", day: "numeric", ...clock },
  // Where one looks closely, the zone is named.
  full: { year: "numeric", month: "short", day: "numeric", ...clock, second: "2-digit", timeZoneName: "short" },
  date: { year: "numeric", month: "short", day: "numeric" },
  weekday: { weekday: "short", month: "short", day: "numeric", ...clock },
};
const dateFormats = new Map<string, Intl.DateTimeFormat>();

/** The zone the reader lives by: the chosen one, else the device's. */
export const readerZone = (): string => preferences.value.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

function dateFormat(style: DateStyle, timeZone = preferences.value.timeZone ?? undefined): Intl.DateTimeFormat {
  const { hours } = preferences.value;
  const key = `${locale.value} ${style} ${hours} ${timeZone ?? ""}`;
  let format = dateFormats.get(key);
  if (!format) {
    const cycle: Intl.DateTimeFormatOptions = !styles[style].hour ? {} : hours === "12" ? { hourCycle: "h12", hour: "numeric" } : { hourCycle: "h23" };
    dateFormats.set(key, (format = new Intl.DateTimeFormat(locale.value, { ...styles[style], ...cycle, timeZone })));
  }
  return format;
}

/** A date in one of the desk's few styles; an em dash for none. The reader's own zone unless another is named. */
export function date(iso: string | null | undefined, style: DateStyle = "full", timeZone?: string): string {
  return iso ? dateFormat(style, timeZone).format(new Date(iso)) : "—";
}

/** A day of the calendar, "2026-11-13", as people write it; the same in every zone. */
export const dateOfDay = (day: string): string =>
  new Intl.DateTimeFormat(locale.value, { timeZone: "UTC", year: "numeric", month: "short", day: "numeric", weekday: "short" }).format(new Date(`${day}T12:00:00Z`));

/** "中国标准时间", "China Standard Time". */
export const zoneName = (timeZone: string): string =>
  new Intl.DateTimeFormat(locale.value, { timeZone, timeZoneName: "long" }).formatToParts().find((part) => part.type === "timeZoneName")?.value ?? timeZone;

/** Today: the time alone; other days: the day with it. */
export function moment(iso: string, now: number): string {
  return date(iso, dayOf(iso) === dayOf(now) ? "time" : "day");
}

/** The reader's calendar day of an instant, to be compared with another. */
export const dayOf = (at: string | number): string => dateFormat("date").format(new Date(at));

const two = (value: number) => String(value).padStart(2, "0");

/** 75 → "1:15", 3700 → "1:01:40", days → "2d 3h": fixed-width enough for tabular numbers. */
export function span(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const days = Math.floor(s / 86_400);
  const hours = Math.floor((s % 86_400) / 3600);
  const minutes = Math.floor((s % 3600) / 60);
  if (days > 0) return locale.value === "en" ? `${days}d ${hours}h` : `${days}天${hours}时`;
  if (hours > 0) return `${hours}:${two(minutes)}:${two(s % 60)}`;
  return `${minutes}:${two(s % 60)}`;
}

/** A wait in one coarse unit: "42秒", "3 min". */
export function brief(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  const [value, unit] =
    s < 60 ? [s, "second"] : s < 3600 ? [Math.floor(s / 60), "minute"] : s < 86_400 ? [Math.floor(s / 3600), "hour"] : [Math.floor(s / 86_400), "day"];
  return new Intl.NumberFormat(locale.value, { style: "unit", unit: unit as string, unitDisplay: "short" }).format(value as number);
}

export const number = (value: number | null | undefined, digits = 0): string =>
  value === null || value === undefined
    ? "—"
    : new Intl.NumberFormat(locale.value, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);

export const percent = (value: number | null | undefined): string =>
  value === null || value === undefined ? "—" : `${number(value, value % 1 === 0 ? 0 : 1)}%`;

/** Minor units (分) and a currency → "¥648.00". */
export function money(minor: number, currency: string): string {
  const whole = minor % 100 === 0;
  return new Intl.NumberFormat(locale.value, {
    style: "currency",
    currency: currency || "CNY",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: whole ? 0 : 2,
  }).format(minor / 100);
}

export function bytes(size: number): string {
  if (size < 1024) return `${size} B`;
  if (size < 1024 * 1024) return `${number(size / 1024, 0)} KB`;
  return `${number(size / 1024 / 1024, 1)} MB`;
}
