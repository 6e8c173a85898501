// Owns what is meant by the mentions of time in a text: finds them, joins those that belong together,
// and resolves them in a person's time zone. Refuses clocks: now is given, and parsing of written dates
// is injected.

import { calendarPhrases } from './calendar-phrases.ts';
import { clockPhrases, takenMark } from './clock-phrases.ts';
import type { Phrase } from './clock-phrases.ts';
import type { DateMention, DayPart, ParseDates, Span, TimeOfDay } from './mention.ts';
import { addDays, addMonths, daysBetween, instantOf, isoDay, toIso } from './zone.ts';
import { wallTimeAt, weekdayOf } from './zone.ts';
import type { CalendarDay } from './zone.ts';

/** Everything that decides what "tomorrow at 9" means. */
export interface DateContext {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** IANA name of the person's time zone. */
  readonly timeZone: string;
  readonly parseDates: ParseDates;
}

const mentionsMax = 40;
const hourMs = 3_600_000;
const dayStart = 9;
const partHour: Readonly<Record<DayPart, number>> = {
  morning: 9,
  afternoon: 15,
  evening: 19,
  night: 20,
};
const partEnd: Readonly<Record<DayPart, readonly [number, number]>> = {
  morning: [6, 12],
  afternoon: [12, 18],
  evening: [17, 22],
  night: [18, 24],
};
const joint =
  /^[\s,]*(?:(?:at|on|by|from|of|in|around|about|for|starting|beginning|the|@|-|–)(?![\w]))?[\s,]*$/i;
const rangeJoint = /^\s*(?:to|until|till|through|-|–|and)\s*$/i;
const leadIn =
  /(?:^|[\s,(])((?:at|on|by|for|from|until|till|before|due|in|since|starting|beginning|around|about|this|coming|@)(?:\s+(?:on|at|the|by))?\s+)$/i;
const article = /\b(?:the|my|our|his|her|their|a|an|your)\s+$/i;
const nounAfter =
  /^(?:['’]s\b|-\w|\s+(?!and\b|or\b|at\b|to\b|from\b|in\b|on\b|by\b|for\b|with\b|please\b|about\b|that\b|of\b)[a-z])/i;

function scan(text: string, phrases: readonly Phrase[]): { found: DateMention[]; rest: string } {
  const found: DateMention[] = [];
  let rest = text;
  for (const { pattern, read } of phrases) {
    for (const match of rest.matchAll(pattern)) {
      if (found.length >= mentionsMax) break;
      const meaning = read(match);
      if (meaning === undefined) continue;
      const span = [match.index, match.index + match[0].length] as const;
      found.push({ span, ...meaning });
      rest = rest.slice(0, span[0]) + ' '.repeat(match[0].length) + rest.slice(span[1]);
    }
  }
  return { found, rest };
}

function mergeable(first: DateMention, second: DateMention): boolean {
  const both = (key: keyof DateMention): boolean =>
    first[key] !== undefined && second[key] !== undefined;
  if (both('day') || both('time') || both('part') || both('repeat') || both('shiftMs')) {
    return both('day') && !both('time') && (first.repeat ?? second.repeat) !== undefined;
  }
  return first.shiftMs === undefined && second.shiftMs === undefined;
}

function merge(first: DateMention, second: DateMention): DateMention {
  const { loose: _, ...joined } = { ...first, ...second };
  const part = first.part ?? second.part;
  return {
    ...joined,
    span: [Math.min(first.span[0], second.span[0]), Math.max(first.span[1], second.span[1])],
    ...(part === undefined ? {} : { part }),
  };
}

/** Joins neighbours such as "tomorrow" + "at 9", and "from Monday" + "to Wednesday". */
function join(text: string, mentions: readonly DateMention[], ranges: boolean): DateMention[] {
  const sorted = [...mentions].sort((one, other) => one.span[0] - other.span[0]);
  const joined: DateMention[] = [];
  for (const mention of sorted) {
    const previous = joined.at(-1);
    if (previous !== undefined) {
      const gap = text.slice(previous.span[1], mention.span[0]);
      if (mention.span[0] < previous.span[1]) continue;
      const onDay = /^\s*on\b/i.test(text.slice(previous.span[1], mention.span[1]));
      if (previous.loose === true && previous.part !== undefined && onDay) {
        // "the parents' evening on Thursday at 7": a name, which still tells the hour
        joined.push({ ...mention, part: mention.part ?? previous.part });
        continue;
      }
      if (joint.test(gap) && mergeable(previous, mention)) {
        joined[joined.length - 1] = merge(previous, mention);
        continue;
      }
      const isRange = ranges && rangeJoint.test(gap) && mention.time === undefined;
      if (
        isRange &&
        previous.lastDay === undefined &&
        mention.day !== undefined &&
        previous.day !== undefined
      ) {
        const span = [previous.span[0], mention.span[1]] as const;
        const last = mention.day;
        const isEarlier = daysBetween(previous.day, last) < 0;
        const lastDay = isEarlier && mention.weekday === true ? addDays(last, 7) : last;
        joined[joined.length - 1] = { ...previous, span, lastDay };
        continue;
      }
    }
    joined.push(mention);
  }
  return joined;
}

/** What was read before is marked, so that a date ends there: blanks would be taken for part of it. */
function withMarks(text: string, rest: string): string {
  return rest.replaceAll(' ', (blank, index: number) => (text[index] === ' ' ? blank : takenMark));
}

/** Takes in the preposition in front, and marks a mention that only names something else. */
function settle(text: string, mention: DateMention): DateMention | undefined {
  const before = text.slice(0, mention.span[0]);
  const after = text.slice(mention.span[1]);
  const only =
    mention.part !== undefined && mention.day === undefined && mention.time === undefined;
  if (only && mention.loose === true && mention.repeat === undefined) return undefined;
  const names =
    mention.repeat === undefined &&
    (article.test(before) || /^['’]s\b/.test(after)) &&
    nounAfter.test(after);
  const lead = leadIn.exec(before)?.[1] ?? '';
  const span: Span = [mention.span[0] - lead.length, mention.span[1]];
  return names ? { ...mention, loose: true } : { ...mention, span };
}

/**
 * All mentions of time in a text, joined, in order. Spans are inside the text. With `ranges`, "Monday to
 * Wednesday" is one mention; without, it is two.
 */
export function findDates(
  text: string,
  context: DateContext,
  { ranges }: { readonly ranges: boolean } = { ranges: true },
): DateMention[] {
  const today = wallTimeAt(context.now, context.timeZone);
  const calendar = scan(text, calendarPhrases(today));
  const clock = scan(calendar.rest, clockPhrases);
  const dates = context.parseDates(withMarks(text, clock.rest), today);
  const all = join(text, [...calendar.found, ...clock.found, ...dates], ranges);
  return all.flatMap((mention) => settle(text, mention) ?? []);
}

/**
 * The mention that answers "when": one that is no part of a name, then the most complete, then the last.
 * When day and time stand apart ("tomorrow … at 9") they are put together. Also gives all spans used.
 */
export function chooseWhen(
  mentions: readonly DateMention[],
): { mention: DateMention; spans: Span[] } | undefined {
  const usable = mentions.filter((mention) => mention.loose !== true);
  const [first, ...others] = usable.length > 0 ? usable : [];
  if (first === undefined) return undefined;
  const weight = (mention: DateMention): number =>
    (mention.time !== undefined || mention.shiftMs !== undefined ? 2 : 0) +
    (mention.day !== undefined || mention.repeat !== undefined ? 1 : 0);
  const best = others.reduce((most, next) => (weight(next) > weight(most) ? next : most), first);
  const partner = usable.find(
    (mention) =>
      mention !== best &&
      mergeable(best, mention) &&
      (mention.time === undefined) !== (best.time === undefined) &&
      mention.shiftMs === undefined,
  );
  if (partner === undefined) return { mention: best, spans: [best.span] };
  return { mention: merge(best, partner), spans: [best.span, partner.span] };
}

/** Hours at which a time may be meant, best first; 24 and more are hours of the next day. */
function hoursMeant(time: TimeOfDay, part: DayPart | undefined): number[] {
  const early = part === 'night' && (time.hour % 12 <= 4 || time.hour === 24) ? 24 : 0;
  if (time.sure || time.hour > 12 || time.hour === 0) {
    return [time.hour < 12 ? time.hour + early : time.hour];
  }
  const morning = time.hour % 12;
  const evening = morning + 12;
  if (part === 'morning') return [morning];
  if (early > 0) return [morning + early];
  if (part !== undefined) return [evening];
  if (time.hour === 12) return [12];
  return time.hour >= 7 ? [morning, evening] : [evening, morning];
}

/** The instant of an hour on a day; hour 24 is the midnight that ends it. */
function at(day: CalendarDay, hour: number, options: { minute: number; timeZone: string }): number {
  const { year, month, day: date } = addDays(day, Math.floor(hour / 24));
  const wall = { year, month, day: date, hour: hour % 24, minute: options.minute, second: 0 };
  return instantOf(wall, options.timeZone);
}

/** The next full hour at least an hour from now. */
function soon(now: number): number {
  return Math.ceil((now + hourMs) / hourMs) * hourMs;
}

function isSameDay(one: CalendarDay, other: CalendarDay): boolean {
  return daysBetween(one, other) === 0;
}

const weekdayCodes = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** The first instant of a recurrence that is not past; its hour is the usual one, not the next one. */
function firstRepetition(mention: DateMention, repeat: string, context: DateContext): number {
  const { timeZone, now } = context;
  const { time, part } = mention;
  const options = { minute: time?.minute ?? 0, timeZone };
  const hour = time === undefined ? partHour[part ?? 'morning'] : (hoursMeant(time, part)[0] ?? 0);
  const days = /BYDAY=([A-Z,]+)/.exec(repeat)?.[1]?.split(',');
  const monthly = mention.day !== undefined && /^FREQ=(?:MONTHLY|YEARLY)/.test(repeat);
  let day: CalendarDay = mention.day ?? wallTimeAt(now, timeZone);
  for (let step = 0; step < 8; step += 1) {
    const matches = days === undefined || days.includes(weekdayCodes[weekdayOf(day)] ?? '');
    const instant = at(day, hour, options);
    if (matches && instant > now) return instant;
    day = monthly ? addMonths(day, 1) : addDays(day, 1);
  }
  return at(day, hour, options);
}

function withoutTime(mention: DateMention, context: DateContext): number | undefined {
  const { timeZone, now } = context;
  const today = wallTimeAt(now, timeZone);
  const day = mention.day ?? (mention.part === undefined ? undefined : today);
  if (day === undefined) return undefined;
  const options = { minute: 0, timeZone };
  const hour = mention.part === undefined ? dayStart : partHour[mention.part];
  const isToday = isSameDay(day, today);
  if (isToday && mention.weekday === true && mention.part === undefined) {
    return at(addDays(day, 7), hour, options);
  }
  const instant = at(day, hour, options);
  if (instant > now || !isToday) return instant;
  return mention.weekday === true ? at(addDays(day, 7), hour, options) : soon(now);
}

/** The first instant meant that is not past; a past one only when a past day was named. */
function instantMeant(mention: DateMention, context: DateContext): number | undefined {
  const { timeZone, now } = context;
  if (mention.shiftMs !== undefined) return now + mention.shiftMs;
  if (mention.repeat !== undefined) return firstRepetition(mention, mention.repeat, context);
  if (mention.time === undefined) return withoutTime(mention, context);
  const today = wallTimeAt(now, timeZone);
  const options = { minute: mention.time.minute, timeZone };
  const meant = hoursMeant(mention.time, mention.part);
  const usual = meant[0] ?? 0;
  // "Wednesday at 9" is in the morning, whatever the time is now
  const hours = mention.weekday === true ? [usual] : meant;
  if (mention.day !== undefined && !isSameDay(mention.day, today)) {
    return at(mention.day, usual, options);
  }
  const next = hours
    .filter((hour) => hours.length === 1 || hour >= 7)
    .map((hour) => at(today, hour, options))
    .filter((instant) => instant > now)
    .sort((one, other) => one - other)[0];
  if (next !== undefined) return next;
  const laterDays = mention.day === undefined ? 1 : mention.weekday === true ? 7 : 0;
  return at(addDays(today, laterDays), usual, options);
}

/** The instant of a mention as ISO 8601 with offset; undefined when it names none. */
export function resolveInstant(mention: DateMention, context: DateContext): string | undefined {
  const instant = instantMeant(mention, context);
  return instant === undefined ? undefined : toIso(instant, context.timeZone);
}

/** The hour and minute most likely meant, as `HH:MM`. */
export function resolveClock(time: TimeOfDay, part: DayPart | undefined): string {
  const hour = (hoursMeant(time, part)[0] ?? time.hour) % 24;
  return [hour, time.minute].map((value) => String(value).padStart(2, '0')).join(':');
}

/** The day of a mention as `YYYY-MM-DD`; undefined when it names none. */
export function resolveDay(mention: DateMention, context: DateContext): string | undefined {
  if (mention.day !== undefined) return isoDay(mention.day);
  const instant = instantMeant(mention, context);
  return instant === undefined ? undefined : isoDay(wallTimeAt(instant, context.timeZone));
}

function afterPeriod(mention: DateMention, day: CalendarDay): CalendarDay {
  if (mention.lastDay !== undefined) return addDays(mention.lastDay, 1);
  if (mention.grain === 'week') return addDays(day, 7);
  if (mention.grain === 'weekend') return addDays(day, weekdayOf(day) === 6 ? 2 : 1);
  if (mention.grain === 'month') return addMonths({ ...day, day: 1 }, 1);
  if (mention.grain === 'year') return addMonths({ ...day, month: 1, day: 1 }, 12);
  return addDays(day, 1);
}

/** Start and end (exclusive) of a mention, ISO 8601 with offset; an hour long when only a time is named. */
export function resolveRange(
  mention: DateMention,
  context: DateContext,
): { start: string; end: string } | undefined {
  const { timeZone, now } = context;
  const iso = (instant: number): string => toIso(instant, timeZone);
  if (mention.time !== undefined || mention.shiftMs !== undefined) {
    const start = instantMeant(mention, context);
    if (start === undefined) return undefined;
    if (mention.timeEnd === undefined) return { start: iso(start), end: iso(start + hourMs) };
    const day = wallTimeAt(start, timeZone);
    const ends = [...hoursMeant(mention.timeEnd, mention.part), mention.timeEnd.hour + 12]
      .map((hour) =>
        at(day, Math.min(hour, 24), { minute: mention.timeEnd?.minute ?? 0, timeZone }),
      )
      .filter((end) => end > start)
      .sort((one, other) => one - other);
    return { start: iso(start), end: iso(ends[0] ?? start + hourMs) };
  }
  const named = mention.day ?? (mention.part === undefined ? undefined : wallTimeAt(now, timeZone));
  if (named === undefined) return undefined;
  if (mention.part !== undefined) {
    const [from, to] = partEnd[mention.part];
    const minute = 0;
    return {
      start: iso(at(named, from, { minute, timeZone })),
      end: iso(at(named, to, { minute, timeZone })),
    };
  }
  const midnight = (day: CalendarDay): string => iso(at(day, 0, { minute: 0, timeZone }));
  return { start: midnight(named), end: midnight(afterPeriod(mention, named)) };
}
