// Owns the arithmetic between instants and wall-clock time in an IANA time zone. Refuses to know what
// time it is: every instant is given.

/** A day of the Gregorian calendar; `month` is 1 to 12. */
export interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** What a clock on the wall shows. */
export interface WallTime extends CalendarDay {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Milliseconds of a day without a change of the clock. */
export const dayMs: number = 86_400_000;

const two = (value: number): string => String(value).padStart(2, '0');

const formatsMax = 100;
/** Formats by time zone, kept because making one costs twenty times as much as using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  if (formats.size >= formatsMax) formats.clear();
  formats.set(timeZone, format);
  return format;
}

/** The wall-clock time of an instant. Throws `RangeError` for an unknown time zone. */
export function wallTimeAt(instant: number, timeZone: string): WallTime {
  const parts = formatOf(timeZone).formatToParts(instant);
  const read = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((part) => part.type === type)?.value ?? 0);
  return {
    year: read('year'),
    month: read('month'),
    day: read('day'),
    hour: read('hour'),
    minute: read('minute'),
    second: read('second'),
  };
}

function asUtc(wall: WallTime): number {
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
}

function offsetMs(instant: number, timeZone: string): number {
  return asUtc(wallTimeAt(instant, timeZone)) - Math.floor(instant / 1000) * 1000;
}

/**
 * The instant of a wall-clock time. As in RFC 5545: a time that occurs twice is its first occurrence, and a
 * time that the clock skips is counted with the offset before the change, so it comes out later.
 */
export function instantOf(wall: WallTime, timeZone: string): number {
  const utc = asUtc(wall);
  const before = offsetMs(utc - dayMs, timeZone);
  const after = offsetMs(utc + dayMs, timeZone);
  const early = utc - before;
  if (before === after || offsetMs(early, timeZone) === before) return early;
  const late = utc - after;
  return offsetMs(late, timeZone) === after ? late : early;
}

/** ISO 8601 with seconds and offset, such as `2026-03-29T09:00:00+02:00`. */
export function toIso(instant: number, timeZone: string): string {
  const wall = wallTimeAt(instant, timeZone);
  const offset = Math.round(offsetMs(instant, timeZone) / 60_000);
  const size = Math.abs(offset);
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return `${isoDay(wall)}T${two(wall.hour)}:${two(wall.minute)}:${two(wall.second)}${zone}`;
}

/** ISO 8601 date, such as `2026-03-29`. */
export function isoDay(day: CalendarDay): string {
  return `${String(day.year).padStart(4, '0')}-${two(day.month)}-${two(day.day)}`;
}

/** The day that many days later; negative is earlier. */
export function addDays(day: CalendarDay, days: number): CalendarDay {
  const date = new Date(Date.UTC(day.year, day.month - 1, day.day + days));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** The day that many months later; the 31st becomes the last day of a shorter month. */
export function addMonths(day: CalendarDay, months: number): CalendarDay {
  const first = new Date(Date.UTC(day.year, day.month - 1 + months, 1));
  const year = first.getUTCFullYear();
  const month = first.getUTCMonth() + 1;
  return { year, month, day: Math.min(day.day, daysInMonth(year, month)) };
}

/** Days in a month of a year. */
export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** 0 is Sunday, 6 is Saturday. */
export function weekdayOf(day: CalendarDay): number {
  return new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay();
}

/** Whole days from one day to another. */
export function daysBetween(from: CalendarDay, to: CalendarDay): number {
  const utc = (day: CalendarDay): number => Date.UTC(day.year, day.month - 1, day.day);
  return Math.round((utc(to) - utc(from)) / dayMs);
}
