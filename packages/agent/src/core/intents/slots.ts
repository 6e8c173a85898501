// Owns the filling of an intent's slots from a person's words: dates first, then the words around each
// slot, then what is left. Refuses to judge whether to act on them.

import type { SlotDeclaration, SlotValue } from '@opencomputer/contracts';
import type { DateContext } from './dates.ts';
import { findQuoted, findValues } from './extractors.ts';
import { overlaps, timeTypes } from './filling.ts';
import type { Filling, SlotPlan } from './filling.ts';
import { fillDurations, fillTimes } from './time-slots.ts';
import type { Span } from './mention.ts';
import { compileTemplate, countWords, findRun, learnLeadIns, matchTemplate } from './templates.ts';
import type { TokenRange } from './templates.ts';
import { readTokens, tokenize } from './tokens.ts';
import type { Token } from './tokens.ts';

/** What was found. */
export interface FilledSlots {
  readonly slots: Readonly<Record<string, SlotValue>>;
  /** Required slots that were not found, in the order of declaration. */
  readonly missing: readonly string[];
  /** The words that belong to no slot: what the person asks for, without what it is about. */
  readonly frame: readonly Token[];
  /** False when free text was taken for want of anything better. */
  readonly sure: boolean;
  /** True when a recurrence was said and no slot takes one. */
  readonly unusedRepeat: boolean;
}

const freeTypes = new Set(['text', 'expression', 'code']);
const politeBefore = new Set([
  'please',
  'hey',
  'hi',
  'hello',
  'ok',
  'okay',
  'so',
  'well',
  'now',
  'um',
  'uh',
  'oh',
  'yo',

  'can',
  'could',
  'would',
  'will',
  'you',
  'kindly',
  'just',
  'go',
  'ahead',
  'and',
  'also',
  'then',
  'i',
  'want',
  'need',
  'like',
  'to',
  'would',
  'mind',
  'quickly',
  'again',
  'let',
  'us',
  'agent',

  'computer',
  'assistant',
  'buddy',
  'alright',
  'right',
  'actually',
  'maybe',
  'be',
  'able',
  'might',
]);
const politeAfter = new Set(['please', 'thanks', 'thank', 'you', 'ok', 'okay', 'cheers', 'asap']);
const textEdges = /^[\s,.;:!?–—-]+|[\s,.;:!?–—-]+$/gu;
const fillerBefore = /^(?:that|to|about|saying|says|is|it|as follows)\b[\s,:]*/i;

/** Prepares the slots of an intent from its declaration and examples. */
export function planSlots(
  slots: Readonly<Record<string, SlotDeclaration>>,
  examples: readonly string[],
): SlotPlan {
  const names = Object.entries(slots);
  const ofTime = new Set(names.flatMap(([name, { type }]) => (timeTypes.has(type) ? [name] : [])));
  const free = new Set(names.flatMap(([name, { type }]) => (freeTypes.has(type) ? [name] : [])));
  const compiled = examples
    .filter((example) => example.includes('{'))
    .map((example) => compileTemplate(example, ofTime));
  const templates = [
    ...new Map(compiled.map((pieces) => [JSON.stringify(pieces), pieces])).values(),
  ]
    .filter((pieces) => countWords(pieces) > 0)
    .sort((one, other) => countWords(other) - countWords(one));
  const declared = names.flatMap(([slot, { after }]) =>
    free.has(slot)
      ? after.map((lead) => ({
          slot,
          words: readTokens(lead).map(({ word }) => word),
          trailer: [],
        }))
      : [],
  );
  const words = new Set(
    examples.flatMap((example) => tokenize(example.replace(/\{[^}]*\}/g, ' '))),
  );
  return { slots, templates, leadIns: [...learnLeadIns(templates, free), ...declared], words };
}

function isInside(span: Span, outer: Span): boolean {
  return span[0] >= outer[0] && span[1] <= outer[1];
}

/** The text of a run of words, without the parts that slots of time have used. */
function textOf(
  filling: Filling,
  tokens: readonly Token[],
  range: TokenRange,
): SlotValue | undefined {
  const { text, used } = filling;
  const start = tokens[range[0]]?.start ?? 0;
  const last = tokens[range[1] - 1]?.end ?? start;
  // closing marks and operators after the last word belong to it, a full stop does not
  const end = last + (/^[)\]}"”'%!?]+/u.exec(text.slice(last))?.[0].length ?? 0);
  const from = start - (/["“([{$€£-]$/u.exec(text.slice(0, start)) ? 1 : 0);
  let value = '';
  let at = from;
  for (const span of [...used].sort((one, other) => one[0] - other[0])) {
    if (span[0] < at || span[1] > end) continue;
    value += `${text.slice(at, span[0])} `;
    at = span[1];
  }
  value = (value + text.slice(at, end)).replace(/\s+/g, ' ').replace(textEdges, '');
  const inner = findQuoted(value)[0];
  if (inner !== undefined && inner.text.length + 2 >= value.length) value = inner.text;
  if (value === '') return undefined;
  return { value, span: [from, end], text: text.slice(from, end) };
}

function accepts(filling: Filling, tokens: readonly Token[]) {
  const cache = new Map<string, SlotValue[]>();
  return (slot: string, [from, to]: TokenRange): boolean => {
    const declaration = filling.plan.slots[slot];
    if (declaration === undefined) return false;
    const { type } = declaration;
    if (type === 'text' || type === 'code') return true;
    const words = tokens.slice(from, to);
    if (type === 'expression') return /\d/.test(wordsText(filling.text, words)) || words.length > 1;
    if (type === 'unit' || type === 'language') {
      if (to - from <= 2 && words.every(({ word }) => /^[\p{L}°$€£]+$/u.test(word))) return true;
    }
    if (type === 'person' && to - from <= 3) {
      return words.every(({ word }) => /^[\p{L}'-]+$|^<email>$/u.test(word));
    }
    const found = cache.get(slot) ?? findValues(filling.text, declaration);
    cache.set(slot, found);
    const span: Span = [tokens[from]?.start ?? 0, tokens[to - 1]?.end ?? 0];
    return found.some((value) => isInside(span, value.span) || isInside(value.span, span));
  };
}

function wordsText(text: string, words: readonly Token[]): string {
  return text.slice(words[0]?.start ?? 0, words.at(-1)?.end ?? 0);
}

/** A typed value inside a run of words, or the words themselves for types that take any word. */
function valueIn(filling: Filling, tokens: readonly Token[], found: [string, TokenRange]): void {
  const [slot, range] = found;
  const declaration = filling.plan.slots[slot];
  if (declaration === undefined || filling.slots[slot] !== undefined) return;
  const run = textOf(filling, tokens, range);
  if (run === undefined) return;
  const typed = findValues(filling.text, declaration).find(
    (value) => isInside(value.span, run.span) || isInside(run.span, value.span),
  );
  const word = typeof run.value === 'string' ? run.value : run.text;
  const plain = ['unit', 'language'].includes(declaration.type) ? word.toLowerCase() : word;
  filling.slots[slot] = typed ?? { ...run, value: plain };
}

/** Starts and ends between which the message may be a template: polite words around it are left out. */
function* windows(tokens: readonly Token[]): Generator<readonly [number, number]> {
  let end = tokens.length;
  const ends = [end];
  while (end > 1 && politeAfter.has(tokens[end - 1]?.word ?? '')) ends.push((end -= 1));
  const words = [tokens.at(end - 2)?.word, tokens[end - 1]?.word].join(' ');
  if (words === 'for me') ends.push(end - 2);
  for (let start = 0; start < Math.min(tokens.length, 8); start += 1) {
    for (const until of ends.toReversed()) yield [start, until];
    if (!politeBefore.has(tokens[start]?.word ?? '')) return;
  }
}

function fillByTemplate(filling: Filling, tokens: readonly Token[]): boolean {
  for (const [start, end] of windows(tokens)) {
    const window = tokens.slice(start, end);
    const test = accepts(filling, window);
    for (const template of filling.plan.templates) {
      const found = matchTemplate(template, window, test);
      if (found === undefined) continue;
      for (const entry of found) valueIn(filling, window, entry);
      return true;
    }
  }
  return false;
}

function fillTyped(filling: Filling): void {
  const { text, plan, slots } = filling;
  const taken = (span: Span): boolean =>
    Object.entries(slots).some(
      ([slot, value]) => !freeTypes.has(plan.slots[slot]?.type ?? '') && overlaps(span, value.span),
    );
  for (const [slot, declaration] of Object.entries(plan.slots)) {
    if (slots[slot] !== undefined) continue;
    const free = findValues(text, declaration).filter(({ span }) => !taken(span));
    const led = free.find(({ span }) =>
      declaration.after.some((lead) =>
        text.slice(0, span[0]).trimEnd().toLowerCase().endsWith(lead.toLowerCase()),
      ),
    );
    const found = led ?? free[0];
    if (found !== undefined) slots[slot] = found;
  }
}

function endsWith(tokens: readonly Token[], words: readonly string[]): boolean {
  const start = tokens.length - words.length;
  return words.length > 0 && start > 0 && findRun(tokens, words, start) === start;
}

/** Free text after its lead-in, up to the end or the lead-in of another slot. */
function fillByLeadIn(filling: Filling, tokens: readonly Token[]): boolean {
  const { plan, slots } = filling;
  let all = true;
  for (const [slot, { type }] of Object.entries(plan.slots)) {
    if (!freeTypes.has(type) || slots[slot] !== undefined) continue;
    const leadIn = plan.leadIns.find((lead) => {
      const start = lead.slot === slot ? findRun(tokens, lead.words) : -1;
      const rest = tokens.slice(start + lead.words.length);
      return (
        start >= 0 && rest.length > 0 && (lead.trailer.length === 0 || endsWith(rest, lead.trailer))
      );
    });
    if (leadIn === undefined) {
      all = false;
      continue;
    }
    const start = findRun(tokens, leadIn.words) + leadIn.words.length;
    // words in front that no example uses, as in "Bob said remind me to", show that it is no request
    all &&= tokens
      .slice(0, start)
      .every(({ word }) => politeBefore.has(word) || plan.words.has(word));
    let end = tokens.length - leadIn.trailer.length;
    for (const other of plan.leadIns) {
      if (other.slot === slot || slots[other.slot] !== undefined) continue;
      const next = findRun(tokens, other.words, start + 1);
      if (next > start && next < end) end = next;
    }
    while (end > start + 1 && politeAfter.has(tokens[end - 1]?.word ?? '')) end -= 1;
    const value = textOf(filling, tokens, [start, end]);
    if (value !== undefined) slots[slot] = value;
  }
  return all;
}

/** The one required free text that nothing introduced: all that is left of the message. */
function fillByRest(filling: Filling, tokens: readonly Token[]): void {
  const open = Object.entries(filling.plan.slots).filter(
    ([slot, { type, required }]) =>
      freeTypes.has(type) && required && filling.slots[slot] === undefined,
  );
  const [slot] = open[0] ?? [];
  if (open.length !== 1 || slot === undefined || tokens.length === 0) return;
  let start = 0;
  while (start < tokens.length - 1 && politeBefore.has(tokens[start]?.word ?? '')) start += 1;
  const value = textOf(filling, tokens, [start, tokens.length]);
  if (value === undefined || typeof value.value !== 'string') return;
  filling.slots[slot] = { ...value, value: value.value.replace(fillerBefore, '') };
}

/** Fills the slots of an intent. Never throws for any text; throws `RangeError` for an unknown zone. */
export function fillSlots(plan: SlotPlan, text: string, context: DateContext): FilledSlots {
  const filling: Filling = { text, plan, slots: {}, used: [] };
  const unusedRepeat = fillTimes(filling, context);
  fillDurations(filling);
  const tokens = readTokens(text).filter(
    ({ start, end }) => !filling.used.some((span) => overlaps([start, end], span)),
  );
  let sure = fillByTemplate(filling, tokens);
  fillTyped(filling);
  if (!sure) sure = fillByLeadIn(filling, tokens);
  const around = Object.values(filling.slots).map(({ span }) => span);
  const frame = tokens.filter(
    ({ start, end }) => !around.some((span) => overlaps([start, end], span)),
  );
  if (!sure) fillByRest(filling, tokens);
  const missing = Object.entries(plan.slots)
    .filter(([slot, { required }]) => required && filling.slots[slot] === undefined)
    .map(([slot]) => slot);
  return { slots: filling.slots, missing, frame, sure, unusedRepeat };
}
