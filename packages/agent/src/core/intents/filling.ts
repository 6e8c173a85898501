// Owns what the steps of filling slots share: the plan of an intent, and what is filled so far. Refuses
// any step of its own.

import type { SlotDeclaration, SlotValue } from '@opencomputer/contracts';
import type { OwnWords } from './guards.ts';
import type { Span } from './mention.ts';
import type { LeadIn, Piece, TokenRange } from './templates.ts';
import { findQuoted } from './extractors.ts';
import type { Token } from './tokens.ts';

/** An intent's slots with what its examples teach about finding them. */
export interface SlotPlan {
  readonly slots: Readonly<Record<string, SlotDeclaration>>;
  /** Templates without slots of time, most literal words first. */
  readonly templates: readonly (readonly Piece[])[];
  readonly leadIns: readonly LeadIn[];
  /** Words that the examples use outside slots. */
  readonly own: OwnWords;
  /** Words outside slots that several templates share; never what a message is about. */
  readonly usual: ReadonlySet<string>;
}

/** What is filled so far; each step adds to it. */
export interface Filling {
  readonly text: string;
  readonly plan: SlotPlan;
  readonly slots: Record<string, SlotValue>;
  /** Parts of the text that slots of time have used. */
  readonly used: Span[];
}

/** Types that are read from mentions of time. */
export const timeTypes: ReadonlySet<string> = new Set([
  'datetime',
  'date',
  'date-range',
  'recurrence',
]);

/** True when two spans share a character. */
export function overlaps(one: Span, other: Span): boolean {
  return one[0] < other[1] && other[0] < one[1];
}

/** Types whose values are any words. */
export const freeTypes: ReadonlySet<string> = new Set(['text', 'expression', 'code']);

/** Words that may stand before a request and change nothing. */
export const politeBefore: ReadonlySet<string> = new Set([
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
  'we',
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
/** Words that may stand after a request and change nothing. */
export const politeAfter: ReadonlySet<string> = new Set([
  'please',
  'thanks',
  'thank',
  'you',
  'ok',
  'okay',
  'cheers',
  'asap',
]);
const subjects = new Set(['i', 'we', 'they', 'he', 'she']);
const modals = new Set(['can', 'could', 'may', 'might', 'shall', 'should', 'would', 'let']);

const determiners = new Set(['the', 'my', 'our', 'his', 'her', 'their', 'this', 'that', 'no']);

const pronouns = new Set(['it', 'that', 'this', 'them', 'those', 'these', 'one', 'so', 'me', 'am']);

/** False for words that only point: "this", "it", "my". */
export function saysSomething(words: readonly Token[]): boolean {
  return !words.every(
    ({ word }) => pronouns.has(word) || subjects.has(word) || determiners.has(word),
  );
}

/**
 * True when the word before `start` makes what follows a statement: "I remember" and "the meeting" are no
 * requests, "can we move" is.
 */
export function isStated(tokens: readonly Token[], start: number): boolean {
  const word = tokens[start - 1]?.word ?? '';
  if (determiners.has(word)) return true;
  return subjects.has(word) && !modals.has(tokens[start - 2]?.word ?? '');
}

const textEdges = /^[\s,.;:!?–—-]+|[\s,.;:!?–—-]+$/gu;

/** The text of a run of words, without the parts that slots of time have used. */
export function textOf(
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
