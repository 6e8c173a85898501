// Owns how people say a time of day: "14:30", "5pm", "half past 3", "at 9", "in the evening". Refuses
// days: a mention found here has a time or a part of the day and nothing else.

import type { DateMention, DayPart, TimeOfDay } from './mention.ts';

type Read = (match: RegExpExecArray) => Omit<DateMention, 'span'> | undefined;

/** Stands for a character that was already read as part of a time. */
export const takenMark = ';';

/** A phrase: how it looks, and what it means. */
export interface Phrase {
  readonly pattern: RegExp;
  readonly read: Read;
}

const hourWords = [
  'twelve',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
];
const hour = `(?:\\d{1,2}|${hourWords.join('|')})`;
const meridiem = "(?:a\\.?m\\.?(?![a-z])|p\\.?m\\.?(?![a-z])|o['’]?clock)";
const minuteWords: Readonly<Record<string, number>> = {
  quarter: 15,
  half: 30,
  five: 5,
  ten: 10,
  twenty: 20,
};
const partHours: Readonly<Record<string, DayPart>> = {
  morning: 'morning',
  afternoon: 'afternoon',
  evening: 'evening',
  night: 'night',
};

function hourOf(text: string | undefined): number {
  const word = (text ?? '').toLowerCase();
  const index = hourWords.indexOf(word);
  if (index >= 0) return index === 0 ? 12 : index;
  return Number(word);
}

/** A time, or undefined when the numbers are none. `mark` is the am, pm or o'clock that was said. */
function timeOf(
  hourText: string | undefined,
  minuteText: string | undefined,
  mark: string | undefined,
): TimeOfDay | undefined {
  const value = hourOf(hourText);
  const minute = minuteText === undefined ? 0 : Number(minuteText);
  if (!(value >= 0 && value <= 24 && minute >= 0 && minute < 60)) return undefined;
  const sign = (mark ?? '').toLowerCase().replaceAll('.', '');
  if (sign === 'am' || sign === 'pm') {
    if (value < 1 || value > 12) return undefined;
    return { hour: (value % 12) + (sign === 'pm' ? 12 : 0), minute, sure: true };
  }
  if (value === 24) return minute === 0 ? { hour: 0, minute, sure: true } : undefined;
  const exact = value > 12 || value === 0 || /^0\d/.test(hourText ?? '');
  return { hour: value, minute, sure: exact };
}

function range(match: RegExpExecArray): Omit<DateMention, 'span'> | undefined {
  const [, lead, fromHour, fromMinute, fromMark, toHour, toMinute, toMark] = match;
  const said = lead ?? fromMinute ?? fromMark ?? toMinute ?? toMark;
  if (said === undefined) return undefined;
  const timeEnd = timeOf(toHour, toMinute, toMark);
  let time = timeOf(fromHour, fromMinute, fromMark ?? toMark);
  if (time === undefined || timeEnd === undefined) return undefined;
  // "11 to 1pm" starts before noon
  if (fromMark === undefined && timeEnd.sure && time.hour > timeEnd.hour && time.hour >= 12) {
    time = { ...time, hour: time.hour - 12 };
  }
  return { time, timeEnd };
}

function before(match: RegExpExecArray): Omit<DateMention, 'span'> | undefined {
  const [, minuteText, side, hourText, mark] = match;
  const minute = minuteWords[(minuteText ?? '').toLowerCase()] ?? Number(minuteText);
  const time = timeOf(hourText, undefined, mark);
  if (time === undefined || !(minute > 0 && minute < 60)) return undefined;
  if (/past|after/i.test(side ?? '')) return { time: { ...time, minute } };
  const earlier = time.hour === 0 ? 23 : time.hour - 1;
  return { time: { hour: earlier === 0 ? 12 : earlier, minute: 60 - minute, sure: time.sure } };
}

const fixed = (hourValue: number): Read => {
  const time = { hour: hourValue, minute: 0, sure: true };
  return () => ({ time });
};

/** Nouns that a number after "at" or "by" counts, so that it is no hour. */
const notCounted =
  '(?!\\s*(?:[%$€£°/]|[:.]?\\d|percent|dollars?|euros?|pounds?|degrees?|people|miles?|km|kg|items?' +
  '|invoices?|pages?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|[a-z]+ (?:street|st|road|avenue)\\b))';

const weekday = '(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?';
/** A day in front or behind; phrases that were read before this are blank by now. */
const dayBefore = `(?<=\\b${weekday},?\\s|\\s{5})`;
const dayAfter = `(?=\\s+(?:on |this |next )?${weekday}\\b|\\s{6})`;
const clockTime = '(\\d{1,2})(?::([0-5]\\d))?';
const bareRange = `${clockTime}\\s?(?:-|–|to|until|till)\\s?${clockTime}(?![\\w:%.])`;

function readBareRange(match: RegExpExecArray): Omit<DateMention, 'span'> | undefined {
  const [, fromHour, fromMinute, toHour, toMinute] = match;
  const time = timeOf(fromHour, fromMinute, undefined);
  const timeEnd = timeOf(toHour, toMinute, undefined);
  return time === undefined || timeEnd === undefined ? undefined : { time, timeEnd };
}

/** Longest and most certain first: what one phrase takes, a later one does not see. */
export const clockPhrases: readonly Phrase[] = [
  {
    pattern: new RegExp(
      `(?<!\\b(?:from|between) )\\b(half|quarter|five|ten|twenty|\\d{1,2}(?= (?:past|minutes)))(?: minutes?)? ` +
        `(past|after|to|before|till) (${hour})\\b\\s?(${meridiem})?`,
      'gi',
    ),
    read: before,
  },
  {
    pattern: new RegExp(
      `\\b(from |between )?(${hour})(?::(\\d{2}))?\\s?(${meridiem})?\\s?(?:-|–|to|until|till|and)\\s?` +
        `(${hour})(?::(\\d{2}))?\\s?(${meridiem})?(?![\\w:%])`,
      'gi',
    ),
    read: range,
  },
  { pattern: new RegExp(`${dayBefore}${bareRange}`, 'gi'), read: readBareRange },
  { pattern: new RegExp(`\\b${bareRange}${dayAfter}`, 'gi'), read: readBareRange },
  {
    pattern: /(?:\bat|@)\s?(\d{1,2})\.([0-5]\d)(?![\w.])/gi,
    read: ([, hours, minutes]) => withTime(timeOf(hours, minutes, undefined)),
  },
  {
    pattern: new RegExp(
      `(?<=\\b${weekday},?\\s)(\\d{1,2})(?:[:.]([0-5]\\d))?(?=\\s*(?:$|[,.!?;](?!\\d)))`,
      'gi',
    ),
    read: ([, hours, minutes]) => withTime(timeOf(hours, minutes, undefined)),
  },
  {
    pattern: new RegExp(`\\b(\\d{1,2}):(\\d{2})(?::\\d{2})?\\s?(${meridiem})?(?![\\w:])`, 'gi'),
    read: ([, hours, minutes, mark]) => withTime(timeOf(hours, minutes, mark)),
  },
  {
    pattern: new RegExp(`\\b(${hour})\\s?(${meridiem})(?!\\w)`, 'gi'),
    read: ([, hours, mark]) => withTime(timeOf(hours, undefined, mark)),
  },
  {
    pattern: /\b(\d{1,2})\s?(?:h|uhr)\b/gi,
    read: ([, hours]) => {
      const time = timeOf(hours, undefined, undefined);
      return withTime(time === undefined ? undefined : { ...time, sure: true });
    },
  },
  {
    pattern: new RegExp(`(?:\\bat|@)\\s?(${hour})\\b(?!['’-])${notCounted}`, 'gi'),
    read: ([, hours]) => withTime(timeOf(hours, undefined, undefined)),
  },
  {
    pattern: new RegExp(
      `\\b(?:by|around|until|till|before|after) (${hour})\\b` +
        '(?=\\s*(?:$|[,.!?;]|today|tomorrow|tonight|on\\b|to\\b|for\\b|in the\\b|this\\b|next\\b|please\\b))',
      'gi',
    ),
    read: ([, hours]) => withTime(timeOf(hours, undefined, undefined)),
  },
  { pattern: /\b(?:noon|midday|mid-day|lunch ?time)\b/gi, read: fixed(12) },
  { pattern: /\bmidnight\b/gi, read: fixed(24) },
  { pattern: /\bfirst thing(?: in the morning)?\b/gi, read: fixed(8) },
  { pattern: /\b(?:end of (?:the |my )?(?:work)?day|eod|close of business)\b/gi, read: fixed(17) },
  { pattern: /\bafter work\b/gi, read: fixed(18) },
  {
    pattern:
      /\b(?:in the |during the |this |late |early )?(morning|afternoon|evening)\b|\b(?:at )?(night)\b/gi,
    read: (match) => {
      const part = partHours[(match[1] ?? match[2] ?? '').toLowerCase()];
      if (part === undefined) return undefined;
      // a bare "morning" counts only next to a day: "good morning" is no time
      const bare = /^(?:morning|afternoon|evening|night)$/i.test(match[0]);
      return bare ? { part, loose: true } : { part };
    },
  },
];

function withTime(time: TimeOfDay | undefined): Omit<DateMention, 'span'> | undefined {
  return time === undefined ? undefined : { time };
}
