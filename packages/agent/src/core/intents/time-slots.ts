// Owns the filling of slots of time and duration from a person's words. Refuses every other type; runs
// first, so that a date is not taken for free text.

import type { Json, SlotDeclaration } from '@opencomputer/contracts';
import { chooseWhen, findDates, resolveDay, resolveInstant, resolveRange } from './dates.ts';
import type { DateContext } from './dates.ts';
import { findValues } from './extractors.ts';
import { overlaps, timeTypes } from './filling.ts';
import type { Filling } from './filling.ts';
import type { DateMention, Span } from './mention.ts';

/** The value of a slot of time for a mention; undefined when it has none. */
export function timeValue(
  type: SlotDeclaration['type'],
  mention: DateMention,
  context: DateContext,
): Json | undefined {
  if (type === 'datetime') return resolveInstant(mention, context);
  if (type === 'date') return resolveDay(mention, context);
  if (type === 'recurrence') return mention.repeat;
  return resolveRange(mention, context);
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

/** Fills slots of time. Returns true when a recurrence was said that no slot takes. */
export function fillTimes(filling: Filling, context: DateContext): boolean {
  const { text, plan, used } = filling;
  const wanted = Object.entries(plan.slots).filter(([, { type }]) => timeTypes.has(type));
  if (wanted.length === 0) return false;
  const ranges = wanted.some(([, { type }]) => type === 'date-range');
  let mentions = findDates(text, context, { ranges });
  let repeatUsed = false;
  let last: DateMention | undefined;
  for (const [slot, { type, after }] of wanted) {
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
    const value = timeValue(type, chosen.mention, context);
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
