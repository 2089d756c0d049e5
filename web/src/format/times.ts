const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

const steps = [
  { below: minute, size: 1, unit: "second" },
  { below: hour, size: minute, unit: "minute" },
  { below: day, size: hour, unit: "hour" },
  { below: 30 * day, size: day, unit: "day" },
  { below: 365 * day, size: 30 * day, unit: "month" },
  { below: Number.POSITIVE_INFINITY, size: 365 * day, unit: "year" },
] as const;

const secondsBetween = (from: Date, to: Date): number => Math.round((to.getTime() - from.getTime()) / 1000);

/** "5 min. ago"; what lies in the future by a clock's drift reads as now. */
export function formatRelative(time: Date, now: Date, locale: string): string {
  const age = Math.max(0, secondsBetween(time, now));
  if (age < 10) return "just now";
  const step = steps.find(({ below }) => age < below) ?? steps[5];
  return new Intl.RelativeTimeFormat(locale, { style: "short" }).format(-Math.floor(age / step.size), step.unit);
}

/** "5m", "3h", "12d": for dense columns. */
export function formatAge(time: Date, now: Date): string {
  const age = Math.max(0, secondsBetween(time, now));
  if (age < minute) return "now";
  if (age < hour) return `${Math.floor(age / minute)}m`;
  if (age < day) return `${Math.floor(age / hour)}h`;
  if (age < 365 * day) return `${Math.floor(age / day)}d`;
  return `${Math.floor(age / (365 * day))}y`;
}

export const formatAbsolute = (time: Date, timeZone: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "long", timeZone }).format(time);

export const formatDay = (time: Date, timeZone: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { month: "short", day: "numeric", timeZone }).format(time);

export const formatHour = (time: Date, timeZone: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", timeZone }).format(time);

export const formatClock = (time: Date, timeZone: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", fractionalSecondDigits: 3, timeZone }).format(time);
