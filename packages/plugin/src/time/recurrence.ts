// Owns when something that repeats comes round again: RFC 5545 rules, kept by the wall clock of a
// zone. Refuses rules that repeat faster than every five minutes and searches without an end.

import { instantOf, wallFromMs, wallMs, wallTime } from './local-time.ts';

/** A rule with its first time, kept by the wall clock of a zone. */
export interface Recurrence {
  /** RRULE of RFC 5545 without its name: `FREQ=WEEKLY;BYDAY=MO`. */
  readonly rule: string;
  /** Milliseconds since the Unix epoch. */
  readonly start: number;
  readonly timeZone: string;
}

/** Instants, both ends included. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

const RULE_CHARACTERS_MAX = 200;
const MINUTES_BETWEEN_MIN = 5;
const ITERATIONS_MAX = 10_000;
/** Longest jump of a wall clock that a search starts before; a larger one may hide one time. */
const CLOCK_CHANGE_MS_MAX = 3 * 3_600_000;
const TRIES_MAX = 200;
const FREQUENCY = /^FREQ=(MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)$/;
const PART =
  /^(?:FREQ=[A-Z]+|INTERVAL=\d{1,4}|COUNT=\d{1,4}|UNTIL=\d{8}(?:T\d{6}Z?)?|WKST=[A-Z]{2}|BYDAY=[-+,0-9A-Z]{2,60}|BY(?:HOUR|MINUTE|MONTH|MONTHDAY|YEARDAY|WEEKNO|SETPOS)=[-+,0-9]{1,60})$/;

/** The rule in its plain form, or undefined when it is not one that is kept. */
export function readRule(text: string): string | undefined {
  const rule = text
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '')
    .replace(/;$/, '');
  if (rule.length > RULE_CHARACTERS_MAX) return undefined;
  const parts = rule.split(';');
  const keys = new Set(parts.map((part) => part.split('=')[0]));
  const known = parts.every((part) => PART.test(part)) && keys.size === parts.length;
  if (!known || !parts.some((part) => FREQUENCY.test(part))) return undefined;
  const interval = Number(valueOf(rule, 'INTERVAL') ?? 1);
  if (interval < 1 || valueOf(rule, 'COUNT') === '0') return undefined;
  const everyMinute = /^FREQ=MINUTELY/m.test(parts.join('\n'));
  return everyMinute && interval < MINUTES_BETWEEN_MIN ? undefined : rule;
}

/** The first time at or after an instant; undefined when the rule has ended or cannot be kept. */
export async function firstFrom(
  recurrence: Recurrence,
  instant: number,
): Promise<number | undefined> {
  const expansion = await expand(recurrence);
  let after = expansion.toRule(instant) - 1;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const found = expansion.next(after);
    if (found === undefined) return undefined;
    const at = expansion.fromRule(found);
    if (expansion.until !== undefined && at > expansion.until) return undefined;
    if (at >= instant) return at;
    after = found;
  }
  return undefined;
}

/** The times within a range, in order, at most `countMax`. */
export async function timesWithin(
  recurrence: Recurrence,
  range: TimeRange,
  countMax: number,
): Promise<readonly number[]> {
  const times: number[] = [];
  let from = range.from;
  while (times.length < countMax) {
    const at = await firstFrom(recurrence, from);
    if (at === undefined || at > range.to) break;
    times.push(at);
    from = at + 1;
  }
  return times;
}

/** A rule in words: `every week on Monday`. */
export async function ruleText(rule: string): Promise<string> {
  const { toText } = await import('rrule-temporal/totext');
  const text = toText(`DTSTART:20260101T000000Z\nRRULE:${withoutUntil(rule)}`);
  const plain = text.replace(/ (?:at [^U]*)?UTC/, '').replace(/ at \d+(?::\d+)? [AP]M$/, '');
  const byDay = valueOf(rule, 'BYDAY');
  return byDay === undefined ? plain.replace(/^(every (?:\d+ )?weeks?) on \w+$/, '$1') : plain;
}

interface Expansion {
  readonly until: number | undefined;
  next(after: number): number | undefined;
  toRule(instant: number): number;
  fromRule(time: number): number;
}

/**
 * Days and longer are counted on a clock without changes and then put on the wall clock, so that
 * a time that is skipped in spring is late by the gap instead of lost. Hours are real hours.
 */
async function expand(recurrence: Recurrence): Promise<Expansion> {
  const { RRuleTemporal } = await import('rrule-temporal');
  const { rule, start, timeZone } = recurrence;
  const real = /FREQ=(?:HOURLY|MINUTELY)/.test(rule);
  const zone = real ? timeZone : 'UTC';
  const stamp = wallStamp(start, timeZone);
  const rules = new RRuleTemporal({
    rruleString: `DTSTART;TZID=${zone}:${stamp}\nRRULE:${withoutUntil(rule)}`,
    maxIterations: ITERATIONS_MAX,
  });
  return {
    until: untilOf(rule, timeZone),
    next: (after) => {
      try {
        return rules.next(new Date(after))?.epochMilliseconds;
      } catch (error) {
        if (error instanceof Error && /maximum/i.test(error.message)) return undefined;
        throw error;
      }
    },
    toRule: (instant) =>
      real ? instant : wallMs(wallTime(instant, timeZone)) - CLOCK_CHANGE_MS_MAX,
    fromRule: (time) => (real ? time : instantOf(wallFromMs(time), timeZone)),
  };
}

function wallStamp(instant: number, timeZone: string): string {
  const iso = new Date(wallMs(wallTime(instant, timeZone))).toISOString();
  return iso.slice(0, 19).replaceAll(/[-:]/g, '');
}

function valueOf(rule: string, key: string): string | undefined {
  const part = rule.split(';').find((each) => each.startsWith(`${key}=`));
  return part?.slice(key.length + 1);
}

function withoutUntil(rule: string): string {
  return rule
    .split(';')
    .filter((part) => !part.startsWith('UNTIL='))
    .join(';');
}

/** The last instant that UNTIL allows: a day counts to its end. */
function untilOf(rule: string, timeZone: string): number | undefined {
  const digits = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/.exec(
    valueOf(rule, 'UNTIL') ?? '',
  );
  if (digits === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 23, minute = 59, second = 59] = digits
    .slice(1, 7)
    .map((part: string | undefined) => (part === undefined ? undefined : Number(part)));
  const wall = { year, month, day, hour, minute, second };
  return digits[7] === 'Z' ? wallMs(wall) : instantOf(wall, timeZone);
}
