// Owns the filling of an intent's slots from a person's words: dates first, then the words around each
// slot, then what is left. Refuses to judge whether to act on them.

import type { SlotDeclaration, SlotValue } from '@opencomputer/contracts';
import type { DateContext } from './dates.ts';
import { findValues } from './extractors.ts';
import {
  freeTypes,
  isStated,
  overlaps,
  politeAfter,
  politeBefore,
  saysSomething,
} from './filling.ts';
import { textOf, timeTypes } from './filling.ts';
import { fillByLeadIn, fillByRest } from './free-slots.ts';
import type { Filling, SlotPlan } from './filling.ts';
import { fillDurations, fillTimes } from './time-slots.ts';
import { learnOwnWords } from './guards.ts';
import type { Span } from './mention.ts';
import { compileTemplate, countWords, learnLeadIns, matchTemplate } from './templates.ts';
import type { Piece, TokenRange } from './templates.ts';
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
  /** True when words in front of the request make it something else, as in "Bob said remind me to". */
  readonly embedded: boolean;
  /** True when the message begins with free text, and so only later says what it asks for. */
  readonly textFirst: boolean;
  /** True when the last words belong to the request: "…, remember that". */
  readonly requestLast: boolean;
  /** True when a recurrence was said and no slot takes one. */
  readonly unusedRepeat: boolean;
}

/** In how many templates a word stands before it is taken for part of the request itself. */
const usualMin = 3;
function usualWords(templates: readonly (readonly Piece[])[]): Set<string> {
  const counts = new Map<string, number>();
  for (const pieces of templates) {
    const own = new Set(pieces.flatMap((piece) => ('word' in piece ? [piece.word] : [])));
    for (const word of own) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return new Set([...counts].flatMap(([word, count]) => (count >= usualMin ? [word] : [])));
}

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
    // of two with as many words, "run {language} {code}" says more than "run {code}"
    .sort((one, other) => countWords(other) - countWords(one) || other.length - one.length);
  const declared = names.flatMap(([slot, { after }]) =>
    free.has(slot)
      ? after.map((lead) => ({
          slot,
          words: tokenize(lead),
          trailer: [],
          declared: true,
        }))
      : [],
  );
  return {
    slots,
    templates,
    leadIns: [...learnLeadIns(templates, free), ...declared],
    own: learnOwnWords(examples),
    usual: usualWords(templates),
  };
}

function isInside(span: Span, outer: Span): boolean {
  return span[0] >= outer[0] && span[1] <= outer[1];
}

function accepts(filling: Filling, tokens: readonly Token[]) {
  const cache = new Map<string, SlotValue[]>();
  return (slot: string, [from, to]: TokenRange): boolean => {
    const declaration = filling.plan.slots[slot];
    if (declaration === undefined) return false;
    const { type } = declaration;
    const words = tokens.slice(from, to);
    if (type === 'text') return saysSomething(words);
    if (type === 'code') return true;
    if (type === 'expression') return /\d/.test(wordsText(filling.text, words)) || words.length > 1;
    const span: Span = [tokens[from]?.start ?? 0, tokens[to - 1]?.end ?? 0];
    if (type === 'language') {
      // "python print(1)": a language takes no more words than its name
      return findValues(filling.text, declaration).some((known) => isInside(span, known.span));
    }
    if (type === 'unit') {
      if (to - from <= 2 && words.every(({ word }) => /^[\p{L}°$€£]+$/u.test(word))) return true;
    }
    if (type === 'person' && to - from <= 3) {
      return words.every(({ word }) => /^[\p{L}'-]+$|^<email>$/u.test(word));
    }
    const found = cache.get(slot) ?? findValues(filling.text, declaration);
    cache.set(slot, found);
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
    for (const until of isStated(tokens, start) ? [] : ends.toReversed()) yield [start, until];
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

/** Code is what was written behind "python:"; the language itself is no part of it. */
function keepCode({ text, plan, slots }: Filling): void {
  const named = (wanted: string): string | undefined =>
    Object.keys(slots).find((slot) => plan.slots[slot]?.type === wanted);
  const [code, language] = [slots[named('code') ?? ''], slots[named('language') ?? '']];
  if (code === undefined || language === undefined) return;
  const end = language.span[1];
  const colon = /^\s*:\s+/.exec(text.slice(end))?.[0] ?? '';
  const start = end + colon.length;
  if (colon === '' || code.span[1] <= start) return;
  const behind = text.slice(start, code.span[1]);
  slots[named('code') ?? ''] = { value: behind, span: [start, code.span[1]], text: behind };
}

/** Fills the slots of an intent. Never throws for any text; throws `RangeError` for an unknown zone. */
export function fillSlots(plan: SlotPlan, text: string, context: DateContext): FilledSlots {
  const filling: Filling = { text, plan, slots: {}, used: [] };
  const unusedRepeat = fillTimes(filling, context);
  fillDurations(filling);
  const tokens = readTokens(text).filter(
    ({ start, end }) => !filling.used.some((span) => overlaps([start, end], span)),
  );
  const aligned = fillByTemplate(filling, tokens);
  fillTyped(filling);
  const led = aligned ? { complete: true, embedded: false } : fillByLeadIn(filling, tokens);
  const around = Object.values(filling.slots).map(({ span }) => span);
  const frame = tokens.filter(
    ({ start, end }) => !around.some((span) => overlaps([start, end], span)),
  );
  if (!led.complete) fillByRest(filling, tokens);
  keepCode(filling);
  const missing = Object.entries(plan.slots)
    .filter(([slot, { required }]) => required && filling.slots[slot] === undefined)
    .map(([slot]) => slot);
  return {
    slots: filling.slots,
    missing,
    frame,
    sure: led.complete,
    embedded: led.embedded,
    textFirst: tokens[0] !== undefined && frame[0] !== tokens[0],
    requestLast: tokens.length > 0 && frame.at(-1) === tokens.at(-1),
    unusedRepeat,
  };
}
