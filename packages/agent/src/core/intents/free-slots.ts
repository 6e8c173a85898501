// Owns the filling of free text that no template fits whole: what is quoted, what follows a lead-in, and
// what is left. Refuses typed slots, which are found by their form.

import { findQuoted } from './extractors.ts';
import {
  freeTypes,
  isStated,
  politeAfter,
  politeBefore,
  saysSomething,
  textOf,
} from './filling.ts';
import type { Filling } from './filling.ts';
import { findRun } from './templates.ts';
import type { LeadIn } from './templates.ts';
import type { Token } from './tokens.ts';

/** How free text was found. */
export interface LedBy {
  /** Every free slot that is required has its text. */
  readonly complete: boolean;
  /** The lead-in stands behind words that make it no request of the person. */
  readonly embedded: boolean;
}

/** Words that end no text: what follows them belonged to the request. */
const dangling = new Set([
  'on',
  'onto',
  'to',
  'in',
  'into',
  'for',
  'from',
  'with',
  'the',
  'my',
  'a',
  'at',
]);
const fillerBefore = /^(?:that|to|about|saying|says|is|it|as follows)\b[\s,:]*/i;

function endsWith(tokens: readonly Token[], words: readonly string[]): boolean {
  const start = tokens.length - words.length;
  return words.length > 0 && start > 0 && findRun(tokens, words, start) === start;
}

function openSlots({ plan, slots }: Filling): string[] {
  return Object.entries(plan.slots)
    .filter(([slot, { type }]) => freeTypes.has(type) && slots[slot] === undefined)
    .map(([slot]) => slot);
}

/** Where a lead-in ends, or -1. A declared one, often as short as "to", comes after polite words. */
function endOfLeadIn(tokens: readonly Token[], leadIn: LeadIn): number {
  const polite = tokens.findIndex(({ word }) => !politeBefore.has(word));
  const start = findRun(tokens, leadIn.words, leadIn.declared === true ? Math.max(0, polite) : 0);
  const end = start + leadIn.words.length;
  if (start < 0 || end >= tokens.length) return -1;
  const trails = leadIn.trailer.length === 0 || endsWith(tokens.slice(end), leadIn.trailer);
  return trails ? end : -1;
}

/** Words in front of a request that no example uses, or a subject that states it. */
function isEmbedded({ plan }: Filling, before: readonly Token[]): boolean {
  return (
    isStated(before, before.length) ||
    !before.every(({ word }) => politeBefore.has(word) || plan.own.all.has(word))
  );
}

/** The one text in quotation marks, for the one free slot that is open. */
function fillByQuote(filling: Filling): boolean {
  const [slot, ...others] = openSlots(filling);
  const [quote, ...more] = findQuoted(filling.text);
  if (slot === undefined || others.length > 0 || quote === undefined || more.length > 0)
    return false;
  filling.slots[slot] = quote;
  return true;
}

/** Free text after its lead-in, up to the end or the lead-in of another slot. */
export function fillByLeadIn(filling: Filling, tokens: readonly Token[]): LedBy {
  if (fillByQuote(filling)) return { complete: true, embedded: false };
  const { plan, slots } = filling;
  let embedded = false;
  for (const slot of openSlots(filling)) {
    const own = plan.leadIns.filter((leadIn) => leadIn.slot === slot);
    const leadIn = own.find((candidate) => endOfLeadIn(tokens, candidate) >= 0);
    if (leadIn === undefined) continue;
    const start = endOfLeadIn(tokens, leadIn);
    embedded ||= isEmbedded(filling, tokens.slice(0, start - leadIn.words.length));
    let end = tokens.length - leadIn.trailer.length;
    for (const other of plan.leadIns) {
      if (other.slot === slot || slots[other.slot] !== undefined) continue;
      const next = findRun(tokens, other.words, start + 1);
      if (next > start && next < end) end = next;
    }
    while (end > start + 1 && politeAfter.has(tokens[end - 1]?.word ?? '')) end -= 1;
    const value = textOf(filling, tokens, [start, end]);
    if (value === undefined || !saysSomething(tokens.slice(start, end))) continue;
    slots[slot] = value;
  }
  const complete = openSlots(filling).every((slot) => plan.slots[slot]?.required !== true);
  return { complete, embedded };
}

/** The one required free text that nothing introduced: what is left without the words of the request. */
export function fillByRest(filling: Filling, tokens: readonly Token[]): void {
  const { plan, slots } = filling;
  const [slot, ...others] = openSlots(filling).filter(
    (name) => plan.slots[name]?.required === true,
  );
  if (slot === undefined || others.length > 0 || tokens.length === 0) return;
  const isFrame = ({ word }: Token): boolean => politeBefore.has(word) || plan.usual.has(word);
  const first = tokens.findIndex((token) => !isFrame(token));
  const last = tokens.findLastIndex((token) => !isFrame(token) && !dangling.has(token.word));
  // "set a reminder" asks for one and does not say which
  if (first < 0 || !saysSomething(tokens.slice(first, last + 1))) return;
  const value = textOf(filling, tokens, [first, last + 1]);
  if (value === undefined || typeof value.value !== 'string') return;
  slots[slot] = { ...value, value: value.value.replace(fillerBefore, '') };
}
