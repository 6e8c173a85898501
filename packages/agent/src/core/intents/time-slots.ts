// Owns the filling of slots of time and duration from a person's words. Refuses every other type; runs
// first, so that a date is not taken for free text.

import type { Json, SlotDeclaration } from '@opencomputer/contracts';
import {
  chooseWhen,
  findDates,
  resolveClock,
  resolveDay,
  resolveInstant,
  resolveRange,
} from './dates.ts';
import type { DateContext } from './dates.ts';
import { findValues } from './extractors.ts';
import { overlaps, timeTypes } from './filling.ts';
import type { Filling } from './filling.ts';
import type { DateMention, Span } from './mention.ts';

/**
 * The value of a slot of time for a mention; undefined when it has none. A `datetime` of which only the
 * day was said is that day, `YYYY-MM-DD`; a new time of something that exists, of which only the hour was
 * said, is `HH:MM`: the tool knows what to make of the rest.
 */
export function timeValue(
  declaration: Pick<SlotDeclaration, 'type' | 'required' | 'after'>,
  mention: DateMention,
  context: DateContext,
): Json | undefined {
  const { type } = declaration;
  if (type === 'date') return resolveDay(mention, context);
  if (type === 'recurrence') return mention.repeat;
  if (type === 'date-range') return resolveRange(mention, context);
  const { day, time, part, shiftMs, repeat } = mention;
  const hourly = repeat?.startsWith('FREQ=HOURLY') === true;
  const wholeDay = time === undefined && part === undefined && shiftMs === undefined && !hourly;
  if (wholeDay) return resolveDay(mention, context);
  const clock = day === undefined && repeat === undefined && isNewTime(declaration);
  return clock && time !== undefined ? resolveClock(time, part) : resolveInstant(mention, context);
}

/** A time that something is moved *to*: what it leaves open stays as it was. */
function isNewTime({ required, after }: Pick<SlotDeclaration, 'required' | 'after'>): boolean {
  return required && after.includes('to');
}

const rangeWord = /\s*(?:-|–|\b(?:to|until|till|and)\b)\s*/i;

/** "3pm to 4pm" of something that is moved are two times: the old one and the new one. */
function splitRange(text: string, mention: DateMention): readonly DateMention[] {
  const { timeEnd, span, ...first } = mention;
  if (timeEnd === undefined || mention.time === undefined) return [mention];
  const word = rangeWord.exec(text.slice(span[0], span[1]));
  if (word === null) return [mention];
  const middle = span[0] + word.index;
  return [
    { ...first, span: [span[0], middle] },
    { time: timeEnd, span: [middle + word[0].length, span[1]] },
  ];
}

/** The mention right after one of a slot's lead-in words, such as "to" in "from Monday to Tuesday". */
function ledMention(
  text: string,
  mentions: readonly DateMention[],
  after: readonly string[],
): DateMention | undefined {
  return mentions.findLast(({ span }) => {
    const before = text.slice(0, span[0]).trimEnd().toLowerCase();
    const within = text.slice(span[0], span[1]).toLowerCase();
    return after.some((lead) => {
      const word = lead.toLowerCase();
      return within.startsWith(`${word} `) || before === word || before.endsWith(` ${word}`);
    });
  });
}

function setTime(
  filling: Filling,
  slot: string,
  found: { value: Json; spans: readonly Span[] },
): void {
  const { text, slots, used } = filling;
  const start = Math.min(...found.spans.map((span) => span[0]));
  const end = Math.max(...found.spans.map((span) => span[1]));
  slots[slot] = { value: found.value, span: [start, end], text: text.slice(start, end) };
  used.push(...found.spans);
}

/** The instant of an hour at which something ends, on the day on which it starts. */
function endOf(
  start: DateMention | undefined,
  { time, day, shiftMs }: DateMention,
  context: DateContext,
): string | undefined {
  const sameDay = time !== undefined && day === undefined && shiftMs === undefined;
  if (start?.time === undefined || !sameDay) return undefined;
  return resolveRange({ ...start, timeEnd: time }, context)?.end;
}

/** Fills slots of time. Returns true when a recurrence was said that no slot takes. */
export function fillTimes(filling: Filling, context: DateContext): boolean {
  const { text, plan, used } = filling;
  const wanted = Object.entries(plan.slots).filter(([, { type }]) => timeTypes.has(type));
  if (wanted.length === 0) return false;
  const ranges = wanted.some(([, { type }]) => type === 'date-range');
  const moves = wanted.some(([, declaration]) => isNewTime(declaration));
  let mentions = findDates(text, context, { ranges });
  if (moves) mentions = mentions.flatMap((mention) => splitRange(text, mention));
  let repeatUsed = false;
  let last: DateMention | undefined;
  for (const [slot, declaration] of wanted) {
    const { type, after } = declaration;
    if (type === 'recurrence') continue;
    const led = ledMention(text, mentions, after);
    const chosen = led === undefined ? chooseWhen(mentions) : { mention: led, spans: [led.span] };
    const rangeEnd = last?.timeEnd === undefined ? undefined : resolveRange(last, context)?.end;
    if (chosen === undefined) {
      if (rangeEnd !== undefined && type === 'datetime') {
        setTime(filling, slot, { value: rangeEnd, spans: used.slice(-1) });
      }
      continue;
    }
    const end = moves || type !== 'datetime' ? undefined : endOf(last, chosen.mention, context);
    const value = end ?? timeValue(declaration, chosen.mention, context);
    if (value === undefined) continue;
    setTime(filling, slot, { value, spans: chosen.spans });
    last = chosen.mention;
    mentions = mentions.filter(({ span }) => !chosen.spans.some((part) => overlaps(span, part)));
  }
  for (const [slot] of wanted.filter(([, { type }]) => type === 'recurrence')) {
    const source = last?.repeat === undefined ? mentions.find(({ repeat }) => repeat) : last;
    if (source?.repeat === undefined) continue;
    setTime(filling, slot, { value: source.repeat, spans: [source.span] });
    repeatUsed = true;
  }
  const unused = last?.repeat ?? mentions.find(({ repeat, loose }) => repeat && !loose)?.repeat;
  return unused !== undefined && !repeatUsed;
}

/** Fills slots of duration with what no slot of time has used. */
export function fillDurations(filling: Filling): void {
  for (const [slot, declaration] of Object.entries(filling.plan.slots)) {
    if (declaration.type !== 'duration') continue;
    const found = findValues(filling.text, declaration).find(
      ({ span }) => !filling.used.some((used) => overlaps(span, used)),
    );
    if (found === undefined) continue;
    filling.slots[slot] = found;
    filling.used.push(found.span);
  }
}
