// Owns how people say days relative to today, spans of time ahead, and recurrence: "next week", "in 20
// minutes", "every Friday". Refuses names of months and dates in figures: those are the injected parser's.

import type { Phrase } from './clock-phrases.ts';
import type { DateMention, Grain } from './mention.ts';
import { addDays, addMonths, daysInMonth, weekdayOf } from './zone.ts';
import type { CalendarDay } from './zone.ts';

const numberWords: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  'forty-five': 45,
  sixty: 60,
  ninety: 90,
  'half an': 0.5,
  'half a': 0.5,
  'a couple of': 2,
  'a few': 3,
};
/** A count in figures or words, as the source of a pattern. */
export const countSource: string =
  '(?:\\d{1,4}(?:[.,]5)?|half an?|a couple of|a few|one|two|three|four|five|six|seven|eight|nine|ten' +
  '|twelve|fifteen|twenty|thirty|forty-five|sixty|ninety|an?)';
/** A unit of time, as the source of a pattern. */
export const unitSource: string =
  '(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)';

const weekdayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const weekdayCodes = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const weekdaySource = '(?:mon|tues|wednes|thurs|fri|satur|sun)day';

/** The value of a count that matched `countSource`; NaN for anything else. */
export function countOf(text: string): number {
  return numberWords[text.toLowerCase()] ?? Number(text.replace(',', '.'));
}

/** Milliseconds of a unit of fixed length, or undefined for days and longer. */
export function unitMs(unit: string): number | undefined {
  const initial = unit.toLowerCase();
  if (initial.startsWith('sec')) return 1000;
  if (initial.startsWith('min')) return 60_000;
  if (initial.startsWith('h')) return 3_600_000;
  return undefined;
}

function ahead(today: CalendarDay, count: number, unit: string): CalendarDay {
  const name = unit.toLowerCase();
  if (name.startsWith('w')) return addDays(today, Math.round(count * 7));
  if (name.startsWith('mo')) return addMonths(today, Math.round(count));
  if (name.startsWith('y')) return addMonths(today, Math.round(count * 12));
  return addDays(today, Math.round(count));
}

function readAhead(
  today: CalendarDay,
  match: RegExpExecArray,
): Omit<DateMention, 'span'> | undefined {
  const [, countText = '', unit = '', half, minutes] = match;
  const count = countOf(countText) + (half === undefined ? 0 : 0.5);
  if (!Number.isFinite(count)) return undefined;
  const length = unitMs(unit);
  if (length === undefined) return { day: ahead(today, count, unit), grain: 'day' };
  return { shiftMs: count * length + (minutes === undefined ? 0 : Number(minutes) * 60_000) };
}

/** The first day of the week (Monday), month or year that a day is in, `shift` periods later. */
function startOf(day: CalendarDay, grain: Grain, shift: number): CalendarDay {
  const monday = addDays(day, -((weekdayOf(day) + 6) % 7) + 7 * shift);
  if (grain === 'week') return monday;
  if (grain === 'weekend') return addDays(monday, 5);
  if (grain === 'month') return addMonths({ ...day, day: 1 }, shift);
  return { year: day.year + shift, month: 1, day: 1 };
}

function shiftOf(word: string | undefined): number {
  const side = (word ?? '').trim().toLowerCase();
  if (side === 'next' || side === 'following') return 1;
  return side === 'last' || side === 'past' ? -1 : 0;
}

function endOf(today: CalendarDay, match: RegExpExecArray): Omit<DateMention, 'span'> {
  const grain = (match[2] ?? '').toLowerCase() as Grain;
  const shift = shiftOf(match[1]);
  if (grain === 'week') return { day: addDays(startOf(today, 'week', shift), 4), grain: 'day' };
  const first = startOf(today, grain, shift);
  if (grain === 'year') return { day: { ...first, month: 12, day: 31 }, grain: 'day' };
  return { day: { ...first, day: daysInMonth(first.year, first.month) }, grain: 'day' };
}

function monthDay(
  today: CalendarDay,
  said: { readonly date: string | undefined; readonly side: string | undefined },
): Omit<DateMention, 'span'> | undefined {
  const day = Number(said.date);
  if (!(day >= 1 && day <= 31)) return undefined;
  const shift = said.side === undefined && day < today.day ? 1 : shiftOf(said.side);
  let month = startOf(today, 'month', shift);
  while (day > daysInMonth(month.year, month.month)) month = addMonths(month, 1);
  return { day: { ...month, day }, grain: 'day' };
}

/** The first day from today on that is one of the given weekdays. */
function firstOf(today: CalendarDay, weekdays: readonly number[]): CalendarDay {
  let day = today;
  for (let step = 0; step < 7 && !weekdays.includes(weekdayOf(day)); step += 1)
    day = addDays(day, 1);
  return day;
}

function weekly(
  today: CalendarDay,
  weekdays: readonly number[],
  interval = '',
): Omit<DateMention, 'span'> {
  const ordered = [1, 2, 3, 4, 5, 6, 0].filter((weekday) => weekdays.includes(weekday));
  const codes = ordered.map((weekday) => weekdayCodes[weekday]).join(',');
  return {
    repeat: `FREQ=WEEKLY${interval};BYDAY=${codes}`,
    day: firstOf(today, weekdays),
    grain: 'day',
    weekday: true,
  };
}

function readEvery(
  today: CalendarDay,
  match: RegExpExecArray,
): Omit<DateMention, 'span'> | undefined {
  const what = (match[3] ?? '').toLowerCase();
  const count = match[1] === undefined ? countOf(match[2]?.trim() ?? '1') : 2;
  if (!Number.isInteger(count) || count < 1) return undefined;
  const interval = count === 1 ? '' : `;INTERVAL=${count}`;
  const named = weekdayNames.flatMap((name, index) => (what.includes(name) ? [index] : []));
  if (named.length > 0) return weekly(today, named, interval);
  if (/^(?:work ?day|weekday)/.test(what)) return weekly(today, [1, 2, 3, 4, 5]);
  if (what.startsWith('weekend')) return weekly(today, [6, 0]);
  const part = /^(morning|afternoon|evening|night)/.exec(what)?.[1] as DateMention['part'];
  if (part !== undefined) return { repeat: 'FREQ=DAILY', part };
  const unit = (['hour', 'day', 'week', 'month', 'year'] as const).find((name) =>
    what.startsWith(name),
  );
  if (unit === undefined) return undefined;
  const frequency = {
    hour: 'HOURLY',
    day: 'DAILY',
    week: 'WEEKLY',
    month: 'MONTHLY',
    year: 'YEARLY',
  };
  return { repeat: `FREQ=${frequency[unit]}${interval}` };
}

const adverbs: Readonly<Record<string, string>> = {
  hourly: 'FREQ=HOURLY',
  daily: 'FREQ=DAILY',
  weekly: 'FREQ=WEEKLY',
  monthly: 'FREQ=MONTHLY',
  yearly: 'FREQ=YEARLY',
  annually: 'FREQ=YEARLY',
};

/** Phrases of recurrence; they come before those of single days. */
function recurrencePhrases(today: CalendarDay): Phrase[] {
  return [
    {
      pattern: new RegExp(
        `\\b(?:every|each)\\s+(other\\s+|second\\s+)?((?:\\d{1,3}|two|three|four|six)\\s+)?` +
          `(${weekdaySource}(?:\\s*(?:,|and|or|&|, and)\\s*${weekdaySource}){0,6}|work ?days?|weekdays?` +
          `|weekends?|hours?|days?|weeks?|months?|years?|mornings?|afternoons?|evenings?|nights?)\\b`,
        'gi',
      ),
      read: (match) => readEvery(today, match),
    },
    {
      pattern: new RegExp(`\\b(?:on )?(${weekdaySource})s\\b`, 'gi'),
      read: (match) => weekly(today, [weekdayNames.indexOf((match[1] ?? '').toLowerCase())]),
    },
    { pattern: /\bon (?:week|work) ?days\b/gi, read: () => weekly(today, [1, 2, 3, 4, 5]) },
    {
      pattern: /\b(hourly|daily|weekly|monthly|yearly|annually)\b/gi,
      read: (match) => {
        const repeat = adverbs[(match[1] ?? '').toLowerCase()];
        return repeat === undefined ? undefined : { repeat };
      },
    },
  ];
}

const holidays: readonly (readonly [name: string, month: number, day: number])[] = [
  ["new year['’]?s eve", 12, 31],
  ["new year(?:['’]?s)? day", 1, 1],
  ["new year(?:['’]?s)?", 1, 1],
  ['christmas eve', 12, 24],
  ['christmas(?: day)?', 12, 25],
  ['boxing day', 12, 26],
  ["hallowe[’']?en", 10, 31],
  ["valentine['’]?s day", 2, 14],
];
/** What may stand behind a holiday that is a date; "the Christmas party" is none. */
const dateEnd =
  '(?=\\s*(?:$|[,.!?;]|(?:at|to|on|from|in|by|for|with|and|or|until|about|please|this|next|we|i)\\b))';

/** Holidays of fixed date, the next time that they come; "happy new year" is a wish. */
function holidayPhrases(today: CalendarDay): Phrase[] {
  return holidays.map(([name, month, date]) => ({
    pattern: new RegExp(`(?<!\\b(?:happy|merry|the|my|our) )\\b${name}${dateEnd}`, 'gi'),
    read: () => {
      const past = month < today.month || (month === today.month && date < today.day);
      return { day: { year: today.year + (past ? 1 : 0), month, day: date }, grain: 'day' };
    },
  }));
}

function periodPhrases(today: CalendarDay): Phrase[] {
  return [
    {
      pattern: new RegExp(
        `\\b(?:the )?(?:next|coming|following) (${countSource}|few|couple of) (days|weeks|months)\\b`,
        'gi',
      ),
      read: ([, count = '', unit = '']) => {
        const number = count === 'few' ? 3 : count === 'couple of' ? 2 : countOf(count);
        if (!Number.isFinite(number)) return undefined;
        return { day: today, lastDay: addDays(ahead(today, number, unit), -1), grain: 'day' };
      },
    },
    {
      pattern: /\b(?:the )?end of (?:the |this |(next )?)(week|month|year)\b/gi,
      read: (match) => endOf(today, match),
    },
    {
      pattern:
        /\b(?:(this|next|last|past|following|coming)|the|over the) (weekend|week|month|year)\b/gi,
      read: ([, side, grain = '']) => {
        const name = grain.toLowerCase() as Grain;
        if (side === undefined && name !== 'weekend') return undefined;
        const start = startOf(today, name, shiftOf(side));
        return { day: start, grain: name };
      },
    },
  ];
}

/** All phrases of this file, relative to a day; longest and most certain first. */
export function calendarPhrases(today: CalendarDay): readonly Phrase[] {
  const day = (days: number): Omit<DateMention, 'span'> => ({
    day: addDays(today, days),
    grain: 'day',
  });
  const tail = '(?:\\s+and\\s+(a\\s+half)|\\s+(?:and\\s+)?(\\d{1,2})\\s?(?:minutes?|mins?))?';
  return [
    ...recurrencePhrases(today),
    {
      pattern: new RegExp(`\\b(?:with)?in (${countSource})\\s?(${unitSource})${tail}\\b`, 'gi'),
      read: (match) => readAhead(today, match),
    },
    {
      pattern: new RegExp(
        `\\b(${countSource})\\s?(${unitSource})${tail} (?:from now|later)\\b`,
        'gi',
      ),
      read: (match) => readAhead(today, match),
    },
    {
      pattern: new RegExp(
        `\\b(${countSource}) (days?|weeks?|months?) (?:from|after) (today|tomorrow|(?:next )?${weekdaySource})\\b`,
        'gi',
      ),
      read: ([, count = '', unit = '', base = '']) => {
        const weekday = weekdayNames.findIndex((name) => base.toLowerCase().endsWith(name));
        const next = addDays(today, 1);
        const start =
          weekday >= 0 ? firstOf(next, [weekday]) : /tomorrow/i.test(base) ? next : today;
        const number = countOf(count);
        return Number.isFinite(number)
          ? { day: ahead(start, number, unit), grain: 'day' }
          : undefined;
      },
    },
    {
      pattern: /\b(this|next) month on the (\d{1,2})(?:st|nd|rd|th)\b/gi,
      read: ([, side, date]) => monthDay(today, { date, side }),
    },
    ...holidayPhrases(today),
    ...periodPhrases(today),
    { pattern: /\b(?:the )?day after tomorrow\b/gi, read: () => day(2) },
    { pattern: /\b(?:the )?day before yesterday\b/gi, read: () => day(-2) },
    { pattern: /(?<!\bfrom )\btoday\b/gi, read: () => day(0) },
    { pattern: /\btonight\b/gi, read: () => ({ ...day(0), part: 'night' }) },
    {
      pattern: /(?<!\b(?:from|after) )\b(?:tomorrow|tomorow|tommorow|tommorrow|tmrw|tmr)\b/gi,
      read: () => day(1),
    },
    { pattern: /\byesterday\b/gi, read: () => day(-1) },
    {
      pattern:
        /\b(?:on )?the (\d{1,2})(?:st|nd|rd|th)(?: of (this|next|the) month)?(?=\s*(?:$|[,.!?;]|at\b|to\b|from\b|in the\b|by\b|for\b|please\b))/gi,
      read: ([, date, side]) => monthDay(today, { date, side }),
    },
  ];
}
