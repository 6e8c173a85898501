// Owns reading the times that a call names: starts, lengths and ranges. Refuses to guess: what cannot
// be read is undefined.

import type { JsonObject } from '@opencomputer/contracts';
import { dayStart, daysBetween, instantOf, readTime, wallTime } from '@opencomputer/plugin/time';
import type { GivenTime, Present, TimeRange, WallTime } from '@opencomputer/plugin/time';

const CLOCK = /^[Tt]?(\d{1,2}):(\d{2})(?::\d{2})?$/;
const DURATION =
  /^P(?:(\d{1,3})W)?(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?$/i;
const UNIT_MINUTES = [7 * 24 * 60, 24 * 60, 60, 1, 1 / 60] as const;
const RANGE_DAYS_DEFAULT = 7;

/** `range` is `from` and `to` in one, as an intent gives it. */
interface RangeRequest {
  readonly from?: string;
  readonly to?: string;
  readonly range?: { readonly start?: string; readonly end?: string };
}

/** Milliseconds of an ISO 8601 duration such as `PT45M`; undefined for none and for zero. */
export function readDuration(text: string): number | undefined {
  const found = DURATION.exec(text.trim());
  if (found === null) return undefined;
  const parts = found.slice(1).map((part: string | undefined) => Number(part ?? 0));
  const minutes = parts.reduce((sum, part, index) => sum + part * (UNIT_MINUTES[index] ?? 0), 0);
  return minutes > 0 ? minutes * 60_000 : undefined;
}

/** A new start for something: a day keeps its time, and a time such as `16:00` keeps its day. */
export function readNewStart(
  text: string,
  current: { readonly start: number; readonly allDay: boolean },
  timeZone: string,
): GivenTime | undefined {
  const wall = wallTime(current.start, timeZone);
  const clock = CLOCK.exec(text.trim());
  const at = (changed: WallTime): GivenTime => ({
    instant: instantOf(changed, timeZone),
    dateOnly: false,
  });
  if (clock !== null) {
    const [hour, minute] = [Number(clock[1]), Number(clock[2])];
    return hour < 24 && minute < 60 ? at({ ...wall, hour, minute, second: 0 }) : undefined;
  }
  const read = readTime(text, timeZone);
  if (read === undefined || !read.dateOnly || current.allDay) return read;
  const { year, month, day } = wallTime(read.instant, timeZone);
  return at({ ...wall, year, month, day });
}

/** The day of a given time, or a moment around it when a time of day was given. */
export function rangeAround(text: string, timeZone: string): TimeRange | undefined {
  const read = readTime(text, timeZone);
  if (read === undefined) return undefined;
  if (!read.dateOnly) return { from: read.instant, to: read.instant + 60_000 };
  return { from: read.instant, to: dayStart(read.instant, timeZone, 1) };
}

/**
 * The range of `from` and `to`, or of `range`; an end that is a day is in it. Without an end it is the day of the
 * start, without both the week from today. Undefined when one of them cannot be read.
 */
export function readRange(input: JsonObject, present: Present): TimeRange | undefined {
  const { timeZone, now } = present;
  const { range, ...ends } = input as unknown as RangeRequest;
  const from = ends.from ?? range?.start;
  const to = ends.to ?? range?.end;
  const today = dayStart(now, timeZone);
  if (from === undefined && to === undefined) {
    return { from: today, to: dayStart(now, timeZone, RANGE_DAYS_DEFAULT) };
  }
  const start = from === undefined ? { instant: today } : readTime(from, timeZone);
  if (start === undefined) return undefined;
  if (to === undefined) {
    return { from: start.instant, to: dayStart(start.instant, timeZone, 1) };
  }
  const end = readTime(to, timeZone);
  if (end === undefined) return undefined;
  const last = end.dateOnly ? dayStart(end.instant, timeZone, 1) : end.instant;
  return last > start.instant ? { from: start.instant, to: last } : undefined;
}

/** True when a range is exactly one day of the calendar. */
export function isOneDay(range: TimeRange, timeZone: string): boolean {
  return (
    range.from === dayStart(range.from, timeZone) &&
    daysBetween(range.from, range.to - 1, timeZone) === 0 &&
    range.to === dayStart(range.from, timeZone, 1)
  );
}
