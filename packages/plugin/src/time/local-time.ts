// Owns the step between instants and the wall clock of a person's time zone, and how a time is
// written for people. Refuses the machine's clock and zone: "now" and the zone are given.

/** What a wall clock shows; months from 1. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** The instant that "now" means (milliseconds since the Unix epoch) and the person's IANA zone. */
export interface Present {
  readonly now: number;
  readonly timeZone: string;
}

/** A time as it was given; `dateOnly` when it names a day without a time. */
export interface GivenTime {
  readonly instant: number;
  readonly dateOnly: boolean;
}

export const DAY_MS = 86_400_000;
const ZONES_MAX = 16;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const ISO_TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(Z|z|[+-]\d{2}:?\d{2})?)?$/;

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const clock = new Intl.DateTimeFormat('en-US-u-hc-h23-ca-iso8601', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  if (clocks.size >= ZONES_MAX) clocks.clear();
  clocks.set(timeZone, clock);
  return clock;
}

/** What the wall clock in `timeZone` shows at an instant. An unknown zone throws a RangeError. */
export function wallTime(instant: number, timeZone: string): WallTime {
  const parts = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of clockOf(timeZone).formatToParts(instant)) {
    if (type in parts) parts[type as keyof typeof parts] = Number(value);
  }
  return parts;
}

/** Milliseconds of a wall time read as if it were UTC; days and months may overflow. */
export function wallMs(wall: WallTime): number {
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
}

/** The wall time whose `wallMs` is `ms`. */
export function wallFromMs(ms: number): WallTime {
  const date = new Date(ms);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}

/** Milliseconds that the wall clock is ahead of UTC at an instant. */
export function zoneOffset(instant: number, timeZone: string): number {
  return wallMs(wallTime(instant, timeZone)) - Math.floor(instant / 1000) * 1000;
}

/**
 * The instant at which a wall clock shows `wall`. When the clock is set back the first of the two is
 * meant; a time that is skipped moves on by the length of the gap (RFC 5545, 3.3.5).
 */
export function instantOf(wall: WallTime, timeZone: string): number {
  const ms = wallMs(wall);
  const before = ms - zoneOffset(ms - DAY_MS, timeZone);
  const after = ms - zoneOffset(ms + DAY_MS, timeZone);
  const exact = [before, after].filter((at) => at + zoneOffset(at, timeZone) === ms);
  return exact.length > 0 ? Math.min(...exact) : before;
}

/** The first instant of the day that is `days` after the day of an instant. */
export function dayStart(instant: number, timeZone: string, days = 0): number {
  const { year, month, day } = wallTime(instant, timeZone);
  return instantOf({ year, month, day: day + days, hour: 0, minute: 0, second: 0 }, timeZone);
}

/** Days from the day of `from` to the day of `to`, by the calendar of the zone. */
export function daysBetween(from: number, to: number, timeZone: string): number {
  const dayNumber = (instant: number): number =>
    Math.floor((instant + zoneOffset(instant, timeZone)) / DAY_MS);
  return dayNumber(to) - dayNumber(from);
}

/**
 * Reads ISO 8601 (RFC 3339): a date, or a date and time. Without an offset it is the wall time in
 * `timeZone`. Undefined for anything else, and for days that do not exist.
 */
export function readTime(text: string, timeZone: string): GivenTime | undefined {
  const found = ISO_TIME.exec(text.trim());
  if (found === null) return undefined;
  const [year, month, day, hour, minute, second] = found
    .slice(1, 7)
    .map((part: string | undefined) => Number(part ?? 0));
  const wall = {
    year: year ?? 0,
    month: month ?? 0,
    day: day ?? 0,
    hour: hour ?? 0,
    minute: minute ?? 0,
    second: second ?? 0,
  };
  const exists = JSON.stringify(wallFromMs(wallMs(wall))) === JSON.stringify(wall);
  if (!exists || wall.year < 1970) return undefined;
  const offset = found[7];
  const instant = offset === undefined ? instantOf(wall, timeZone) : wallMs(wall) - span(offset);
  return { instant, dateOnly: found[4] === undefined };
}

function span(offset: string): number {
  if (offset.toUpperCase() === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** ISO 8601 with the offset of the zone, to the second: `2026-11-23T09:00:00+01:00`. */
export function isoTime(instant: number, timeZone: string): string {
  const offset = zoneOffset(instant, timeZone);
  const minutes = Math.abs(offset) / 60_000;
  const sign = offset < 0 ? '-' : '+';
  const wall = new Date(instant + offset).toISOString().slice(0, 19);
  return `${wall}${sign}${two(Math.floor(minutes / 60))}:${two(Math.floor(minutes % 60))}`;
}

/** The time of day in 24 hours: `09:00`. */
export function clockText(instant: number, timeZone: string): string {
  const { hour, minute } = wallTime(instant, timeZone);
  return `${two(hour)}:${two(minute)}`;
}

/** A day for people: `today`, `tomorrow (Mon 23 Nov)`, `Fri 27 Nov`, `Fri 1 Jan 2027`. */
export function dayText(instant: number, present: Present): string {
  const { now, timeZone } = present;
  const days = daysBetween(now, instant, timeZone);
  if (days === 0) return 'today';
  const wall = wallTime(instant, timeZone);
  const weekday = WEEKDAYS[new Date(wallMs(wall)).getUTCDay()] ?? '';
  const year = wall.year === wallTime(now, timeZone).year ? '' : ` ${wall.year}`;
  const date = `${weekday} ${wall.day} ${MONTHS[wall.month - 1] ?? ''}${year}`;
  if (days === 1) return `tomorrow (${date})`;
  return days === -1 ? `yesterday (${date})` : date;
}

/** A day and time for people: `tomorrow (Mon 23 Nov) at 09:00`. */
export function timeText(instant: number, present: Present): string {
  return `${dayText(instant, present)} at ${clockText(instant, present.timeZone)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
