// Owns which times of a range are free. Refuses to know events: it is given what is busy.

import { dayStart, daysBetween, instantOf, wallTime } from '@opencomputer/plugin/time';

/** A time with a length, in milliseconds since the Unix epoch; `to` is not in it. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

export const DAY_BEGIN_HOUR = 9;
export const DAY_END_HOUR = 18;
export const FREE_DAYS_MAX = 62;
/** From this length on, a range means days, of which the usual hours count. */
const DAYS_MS_MIN = 20 * 3_600_000;

/** True when a range means whole days and not the hours that it names. */
export function meansDays(range: Interval): boolean {
  return range.to - range.from >= DAYS_MS_MIN;
}

/** The parts of a range that are looked at: its own hours, or 09:00 to 18:00 of each of its days. */
export function windowsOf(range: Interval, timeZone: string): readonly Interval[] {
  if (!meansDays(range)) return range.to > range.from ? [range] : [];
  const days = Math.min(daysBetween(range.from, range.to - 1, timeZone), FREE_DAYS_MAX - 1);
  return Array.from({ length: days + 1 }, (_, day) => {
    const { year, month, day: date } = wallTime(dayStart(range.from, timeZone, day), timeZone);
    const hour = (value: number): number =>
      instantOf({ year, month, day: date, hour: value, minute: 0, second: 0 }, timeZone);
    return {
      from: Math.max(hour(DAY_BEGIN_HOUR), range.from),
      to: Math.min(hour(DAY_END_HOUR), range.to),
    };
  }).filter((window) => window.to > window.from);
}

/** What is left of the windows without the busy times, where it is at least `lengthMsMin` long. */
export function freeWithin(
  windows: readonly Interval[],
  busy: readonly Interval[],
  lengthMsMin: number,
): readonly Interval[] {
  const taken = busy.toSorted((one, other) => one.from - other.from);
  return windows.flatMap((window) => {
    const free: Interval[] = [];
    let from = window.from;
    for (const each of taken) {
      if (each.to <= from || each.from >= window.to || each.to <= each.from) continue;
      if (each.from > from) free.push({ from, to: each.from });
      from = Math.max(from, each.to);
    }
    if (from < window.to) free.push({ from, to: window.to });
    return free.filter((each) => each.to - each.from >= lengthMsMin);
  });
}
