export { DAY_MS, clockText, dayStart, dayText, daysBetween, instantOf } from './local-time.ts';
export { isoTime, readTime, timeText, wallTime, zoneOffset } from './local-time.ts';
export type { GivenTime, Present, WallTime } from './local-time.ts';
export { firstFrom, readRule, ruleText, timesWithin } from './recurrence.ts';
export type { Recurrence, TimeRange } from './recurrence.ts';
