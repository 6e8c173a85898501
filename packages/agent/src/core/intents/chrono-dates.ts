// Owns the adapter from chrono-node to `ParseDates`. Refuses times of day and chrono's own clock: the
// reference is noon of a given day, so that neither the machine's zone nor its clock takes part.

import { parse } from 'chrono-node/en';
import { takenMark } from './clock-phrases.ts';
import type { DateMention, ParseDates, Span } from './mention.ts';
import type { CalendarDay } from './zone.ts';

type Parsed = ReturnType<typeof parse>[number];
type Components = Parsed['start'];

const mentionsMax = 20;
const rangeJoint = /\s*(?:\b(?:to|until|till|through|and)\b|–|(?<=\s)-(?=\s))\s*/i;
const monthName =
  /^(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?$/i;
const monthLead = /\b(?:in|by|until|till|since|during|for|next|this|last|of|from|to|through)\s+$/i;
const shortWeekday = /^(?:sun|mon|tues?|wed|thurs?|thur|fri|sat)\.?,?$/i;
const weekdayLead = /\b(?:on|by|next|this|last|until|till|from|to|for|since|every)\s+$/i;

function dayOf(components: Components): CalendarDay | undefined {
  const year = components.get('year');
  const month = components.get('month');
  const day = components.get('day');
  return year === null || month === null || day === null ? undefined : { year, month, day };
}

/** Words that are dates only in company: "May" and "Sun" are also names. */
function isName(text: string, parsed: Parsed): boolean {
  const before = text.slice(0, parsed.index);
  const words = parsed.text.trim();
  if (monthName.test(words)) return !monthLead.test(before);
  if (shortWeekday.test(words)) {
    // a time of day behind it makes "fri 10" a day
    const after = text.slice(parsed.index + parsed.text.length);
    const timeFollows = after.replace(/^[,\s]+/, '').startsWith(takenMark);
    return !weekdayLead.test(before) && !timeFollows;
  }
  return false;
}

function isOfDays({ start }: Parsed): boolean {
  if (start.isCertain('hour')) return false;
  return (['day', 'weekday', 'month', 'year'] as const).some((part) => start.isCertain(part));
}

function mentionOf(
  components: Components,
  span: Span,
  { text, today }: { readonly text: string; readonly today: CalendarDay },
): DateMention | undefined {
  const found = dayOf(components);
  if (found === undefined) return undefined;
  const wholeMonth = components.isCertain('month') && !components.isCertain('day');
  const wholeYear = components.isCertain('year') && !components.isCertain('month');
  // "in May", said in May, is this month
  const isThisMonth = wholeMonth && !components.isCertain('year') && found.month === today.month;
  const said = text.slice(span[0], span[1]);
  const weekday = components.isCertain('weekday') && !/\b(?:this|next|last)\b/i.test(said);
  return {
    span,
    day: isThisMonth ? { ...found, year: today.year } : found,
    grain: wholeMonth ? 'month' : wholeYear ? 'year' : 'day',
    ...(weekday ? { weekday } : {}),
  };
}

/** One mention, or the two ends of "Monday to Wednesday", which the caller joins if it wants a range. */
function mentionsOf(parsed: Parsed, text: string, today: CalendarDay): DateMention[] {
  const { start, end, index } = parsed;
  const until = index + parsed.text.length;
  const context = { text, today };
  const joint = end ? rangeJoint.exec(parsed.text) : null;
  if (!end || joint === null) return [mentionOf(start, [index, until], context) ?? []].flat();
  const first = mentionOf(start, [index, index + joint.index], context);
  const second = mentionOf(end, [index + joint.index + joint[0].length, until], context);
  return [first ?? [], second ?? []].flat();
}

/** Mentions of days that chrono finds, in order; times of day are left to the caller. */
export const parseChronoDates: ParseDates = (text, today) => {
  const instant = new Date(Date.UTC(today.year, today.month - 1, today.day, 12));
  const reference = { instant, timezone: 0 };
  return parse(text, reference, { forwardDate: true })
    .slice(0, mentionsMax)
    .filter((parsed) => isOfDays(parsed) && !isName(text, parsed))
    .flatMap((parsed) => mentionsOf(parsed, text, today));
};
