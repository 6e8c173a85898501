// Owns what keeps a likely intent from being done at once, so that the person is asked. Refuses to find
// intents and slots, and the objections that make a message no request at all.

import type { SlotDeclaration } from '@opencomputer/contracts';
import { strongestCue } from './cues.ts';
import { findValues } from './extractors.ts';
import { politeBefore } from './filling.ts';
import type { SlotPlan } from './filling.ts';
import { asksOfThing, isStatement } from './guards.ts';
import type { IntentParser, Weighed } from './learned.ts';
import type { FilledSlots } from './slots.ts';
import { readTokens, tokenize } from './tokens.ts';

/** A write that says last what it asks for must be this sure. */
const textFirstBar = 0.9;
/** So likely may another write be, or anything else, beside a write that is done at once. */
const besideWriteMax = { write: 0.03, any: 0.1 } as const;
/** How characteristic of another intent a word must be to hold a write back. */
const rivalLogOdds = 2.5;
/** The slot that by convention holds the words for something that exists. */
const thingSlot = 'query';
const articles: ReadonlySet<string> = new Set(['the', 'my', 'our', 'a', 'an', 'this', 'that']);
/** First words of what is there already, and so not to be made. */
const existing: ReadonlySet<string> = new Set(['the', 'my', 'our', 'this', 'that']);
const questionAtEnd = /[,;.!?–-]\s+(?:and\s+)?(?:who|what|when|where|why|how|which)\b[^,;.!]*$/iu;
const pathSlot: SlotDeclaration = { type: 'path', required: false, ask: '', after: [] };

/** A word of the request that another intent is known by and this one never uses. */
function rivalWord(
  { intents, cues }: IntentParser,
  intent: string,
  words: readonly string[],
): string | undefined {
  const own = intents.get(intent)?.plan.own.all ?? new Set<string>();
  const foreign = words.filter((word) => !own.has(word));
  return foreign.find((word) =>
    [...intents].some(
      ([other, { plan }]) =>
        plan.usual.has(word) && (cues.get(other)?.get(word) ?? 0) >= rivalLogOdds,
    ),
  );
}

/** True when a file is named and the intent has no place for one. */
function namesUntakenPath({ slots }: SlotPlan, text: string): boolean {
  const takers: readonly string[] = ['path', 'url', 'code', 'expression'];
  if (Object.values(slots).some(({ type }) => takers.includes(type))) return false;
  return findValues(text, pathSlot).length > 0;
}

/** What keeps a read from being done at once; it needs less than a write. */
export function readDoubt(
  parser: IntentParser,
  { intent }: Weighed,
  { filled, text }: { readonly filled: FilledSlots; readonly text: string },
): string | undefined {
  const words = filled.frame.map(({ word }) => word);
  const verb = words.find((word) => !politeBefore.has(word));
  const rival = rivalWord(parser, intent, verb === undefined ? [] : [verb]);
  if (rival !== undefined) return `"${rival}" speaks for something else`;
  const plan = parser.intents.get(intent)?.plan;
  if (plan !== undefined && namesUntakenPath(plan, text)) return 'it names a file';
  const tokens = readTokens(text);
  const own = parser.intents.get(intent)?.plan.own.starts;
  const opening = tokens.slice(0, 2).map(({ word }) => word);
  return isStatement(tokens) && own?.has(opening.join(' ')) !== true
    ? 'it may only be said'
    : undefined;
}

/** What else may be meant: another write, or a text that is rather kept by another. */
function otherMeant(
  { intents, contents }: IntentParser,
  { intent, scores }: Weighed,
  { slots }: FilledSlots,
): string | undefined {
  const beside = scores.find((one) => {
    const effect = intents.get(one.intent)?.effect ?? 'read';
    const { write, any } = besideWriteMax;
    return one.intent !== intent && one.score > (effect === 'read' ? any : write);
  });
  if (beside !== undefined) return `it may be ${beside.intent}`;
  for (const text of freeTexts(intents.get(intent)?.plan, slots)) {
    if (questionAtEnd.test(text)) return 'it ends with a question';
    const other = contents(intent, text);
    if (other !== undefined) return `what it says may be meant for ${other}`;
  }
  return undefined;
}

function freeTexts(plan: SlotPlan | undefined, slots: FilledSlots['slots']): string[] {
  return Object.entries(slots).flatMap(([name, { value }]) =>
    plan?.slots[name]?.type === 'text' && typeof value === 'string' ? [value] : [],
  );
}

/** True when what exists is named by words of requests only, as in "completed tasks". */
function namesNothing({ intents }: IntentParser, { slots }: FilledSlots): boolean {
  const thing = slots[thingSlot]?.value;
  if (typeof thing !== 'string') return false;
  const plans = [...intents.values()].map(({ plan }) => plan);
  const says = (word: string): boolean => plans.some(({ usual }) => usual.has(word));
  return tokenize(thing).every((word) => articles.has(word) || says(word));
}

/** A word of the request that no pattern of the intent has: it asks for more than is understood. */
function strangeWord(plan: SlotPlan | undefined, words: readonly string[]): string | undefined {
  const patterns = (plan?.templates ?? []).flat();
  const known = (word: string): boolean =>
    politeBefore.has(word) ||
    articles.has(word) ||
    patterns.some((piece) => 'word' in piece && piece.word === word);
  return words.find((word) => !known(word));
}

/** A word of another intent's that says what kind of thing is to be changed, as in "move task 2". */
function otherKind(
  parser: IntentParser,
  intent: string,
  { slots }: FilledSlots,
): string | undefined {
  const thing = slots[thingSlot]?.value;
  if (typeof thing !== 'string') return undefined;
  const words = tokenize(thing).filter((word) => /^\p{L}/u.test(word) && !articles.has(word));
  // "the milk task" and "task 2" name it, "buy milk" does not begin with a kind of thing
  const isFirst = words.length === 1 || /^\P{L}/u.test(tokenize(thing).at(-1) ?? '');
  return rivalWord(parser, intent, [isFirst ? (words[0] ?? '') : '', words.at(-1) ?? '']);
}

/** What keeps a write from being done at once; undefined when nothing does. */
export function writeDoubt(
  parser: IntentParser,
  weighed: Weighed,
  { filled, text }: { readonly filled: FilledSlots; readonly text: string },
): string | undefined {
  const words = filled.frame.map(({ word }) => word);
  if (strongestCue(parser.cues, weighed.intent, words) === 0) return 'no word of it was said';
  const rival = rivalWord(parser, weighed.intent, words);
  if (rival !== undefined) return `"${rival}" speaks for something else`;
  const plan = parser.intents.get(weighed.intent)?.plan;
  const strange = filled.textFirst ? undefined : strangeWord(plan, words);
  if (strange !== undefined) return `"${strange}" is not understood`;
  if (namesNothing(parser, filled)) return 'it does not say which';
  const tokens = readTokens(text);
  if (isStatement(tokens) && !filled.requestLast) return 'it may only be said';
  const unsure = filled.textFirst && weighed.score < textFirstBar;
  const guessed = !filled.sure && filled.missing.length === 0;
  if (unsure || guessed) return 'it is not clear what it is about';
  if (filled.embedded) return 'it may be about something else';
  if (filled.unusedRepeat) return 'it cannot repeat';
  if (asksOfThing(tokens)) return 'it may only be asked';
  const makesNew = plan?.slots[thingSlot] === undefined;
  if (makesNew && existing.has(tokens[0]?.word ?? '')) return 'it names what exists';
  const kind = otherKind(parser, weighed.intent, filled);
  if (kind !== undefined) return `"${kind}" is something else`;
  return otherMeant(parser, weighed, filled);
}
