// Owns what a message asks for: intent, slots, and whether that is sure enough to act, to ask or to
// confirm. Refuses to act: it proposes, and when a write is less than certain it proposes to ask.

import type {
  Expectation,
  IntentDeclaration,
  IntentResult,
  IntentScore,
  SlotDeclaration,
  SlotValue,
  ToolEffect,
} from '@opencomputer/contracts';
import { backgroundUtterances } from './background.ts';
import { classify, outOfScope, trainIntents } from './classifier.ts';
import type { Classification, IntentModel, LabelledUtterance } from './classifier.ts';
import { learnCues } from './cues.ts';
import { learnContents } from './contents.ts';
import type { KeptBy } from './contents.ts';
import type { DateContext } from './dates.ts';
import { answerSlot, confirmation } from './answers.ts';
import { expandExample } from './fillers.ts';
import { readDoubt, writeDoubt } from './doubts.ts';
import { findObjection, isRefusal } from './guards.ts';
import type { IntentParser, KnownIntent, Weighed } from './learned.ts';
import { seededRandom } from './random.ts';
import { fillSlots, planSlots } from './slots.ts';
import type { FilledSlots } from './slots.ts';
import { readTokens, textCharactersMax } from './tokens.ts';

/** An intent as a plugin declares it, with the effect of its tool. */
export interface IntentSource {
  readonly declaration: IntentDeclaration;
  readonly effect: ToolEffect;
}

export type { IntentParser } from './learned.ts';

/** A message with what decides its meaning. */
export interface ParseInput extends DateContext {
  readonly text: string;
  /** What the person was asked before, if anything. */
  readonly expectation?: Expectation;
}

/** How sure an intent must be, by what acting would do. */
interface Bar {
  readonly act: number;
  readonly confirm: number;
  /** How many times as likely as the next intent. */
  readonly ratio: number;
}

const readBar: Bar = { act: 0.6, confirm: 0.2, ratio: 3 };
const writeBar: Bar = { act: 0.93, confirm: 0.2, ratio: 4 };
/** What the classifier takes for out of scope is confirmed only when it is as likely as this. */
const outsideBar = 0.25;
/** So likely must an intent be before its missing slots are asked for. */
const askBar = 0.6;
/** Share of the words that must occur in some example, so that no likeness of letters is acted on. */
const knownWordsMin = 0.34;
/** A read that may be meant where the likeliest intent, a write, is not. */
const besideBar = 0.1;
const seed = 7;
/** Each template is seen with so many fillers; where there are few templates, with more. */
const variantsPerTemplate = { few: 5, many: 2, manyFrom: 60 } as const;
const withoutSlots = /\{[a-z][a-zA-Z0-9_-]*\}/g;

interface Merged {
  readonly effect: ToolEffect;
  readonly slots: Readonly<Record<string, SlotDeclaration>>;
  readonly examples: readonly string[];
}

const severity: readonly ToolEffect[] = ['read', 'write', 'send', 'irreversible'];

/** Intents by name; the same intent of two plugins has the examples of both and the graver effect. */
function mergeSources(sources: readonly IntentSource[]): Map<string, Merged> {
  const merged = new Map<string, Merged>();
  for (const { declaration, effect } of sources) {
    const { name, slots, examples } = declaration;
    const other = merged.get(name);
    const graver =
      other !== undefined && severity.indexOf(other.effect) > severity.indexOf(effect)
        ? other.effect
        : effect;
    merged.set(name, {
      effect: graver,
      slots: { ...slots, ...other?.slots },
      examples: [...new Set([...(other?.examples ?? []), ...examples])],
    });
  }
  return merged;
}

/** The utterances from which the classifier learns: examples with fillers, and the background. */
export function trainingUtterances(sources: readonly IntentSource[]): LabelledUtterance[] {
  const random = seededRandom(seed);
  const utterances: LabelledUtterance[] = [];
  for (const [intent, { slots, examples }] of mergeSources(sources)) {
    const { few, many, manyFrom } = variantsPerTemplate;
    const variants = examples.length < manyFrom ? few : many;
    for (const example of examples) {
      const times = example.includes('{') ? variants : 1;
      for (let variant = 0; variant < times; variant += 1) {
        utterances.push({ text: expandExample(example, slots, random), intent });
      }
    }
  }
  return [...utterances, ...backgroundUtterances.map((text) => ({ text, intent: outOfScope }))];
}

/** Trains the classifier of a parser; takes about a CPU second for 20 intents, so callers keep it. */
export function trainParser(sources: readonly IntentSource[]): IntentParser {
  const model = trainIntents(trainingUtterances(sources), {
    random: seededRandom(seed),
    holdOuts: 1,
  });
  return buildParser(sources, model);
}

/** A parser of declared intents over a classifier that was trained from the same declarations. */
export function buildParser(sources: readonly IntentSource[], model: IntentModel): IntentParser {
  const intents = new Map<string, KnownIntent>();
  const bare: LabelledUtterance[] = [];
  const writes: KeptBy[] = [];
  for (const [intent, { effect, slots, examples }] of mergeSources(sources)) {
    const frames = examples.map((example) => example.replace(withoutSlots, ' '));
    const plan = planSlots(slots, examples);
    intents.set(intent, { effect, plan });
    if (effect !== 'read') writes.push({ intent, plan, examples });
    bare.push(...frames.map((text) => ({ text, intent })));
  }
  const background = backgroundUtterances.map((text) => ({ text, intent: outOfScope }));
  const cues = learnCues([...bare, ...background]);
  return { model, intents, cues, contents: learnContents(writes) };
}

function weigh(found: Classification): Weighed | undefined {
  const [first, second] = found.scores.filter(({ intent }) => intent !== outOfScope);
  if (first === undefined) return undefined;
  return {
    intent: first.intent,
    score: first.score,
    ratio: second === undefined ? Infinity : first.score / Math.max(second.score, 1e-9),
    inScope: found.intent !== outOfScope,
    clear: found.intent !== outOfScope && found.knownWords >= knownWordsMin,
    knownWords: found.knownWords,
    scores: found.scores,
  };
}

function unknown(reason: string, scores: readonly IntentScore[] = []): IntentResult {
  const confidence = scores.find(({ intent }) => intent === outOfScope)?.score ?? 0;
  return { kind: 'unknown', confidence, slots: {}, missing: [], alternatives: scores, reason };
}

/** Objections that the words of free text may give by chance: worth a question, where others are not. */
const soft: ReadonlySet<string> = new Set([
  'a statement',
  'reported',
  'about the past',
  'conditional',
  'talk about it',
]);

function objectionTo(known: KnownIntent, filled: FilledSlots, text: string): string | undefined {
  if (known.effect === 'read') return isRefusal(filled.frame) ? 'refused' : undefined;
  if (/^\s*["“«„>]/u.test(text) && !filled.requestLast) return 'quoted';
  const found = findObjection(filled.frame, readTokens(text), known.plan.own);
  // "I parked on level 3, remember that" states first and asks then
  return found === 'a statement' && filled.requestLast ? undefined : found;
}

/** The likeliest intent that only reads, in place of a write that is not meant. */
function readBeside(parser: IntentParser, weighed: Weighed): IntentScore | undefined {
  return weighed.scores.find(
    ({ intent, score }) => score >= besideBar && parser.intents.get(intent)?.effect === 'read',
  );
}

function decide(parser: IntentParser, weighed: Weighed, input: ParseInput): IntentResult {
  const known = parser.intents.get(weighed.intent);
  if (known === undefined) return unknown('it is no installed intent', weighed.scores);
  if (weighed.knownWords === 0) return unknown('no word of it is known', weighed.scores);
  const filled = fillSlots(known.plan, input.text, input);
  const writes = known.effect !== 'read';
  const bar = writes ? writeBar : readBar;
  const result = (kind: IntentResult['kind'], reason: string): IntentResult => ({
    kind,
    intent: weighed.intent,
    confidence: weighed.score,
    slots: filled.slots,
    missing: filled.missing,
    alternatives: weighed.scores,
    reason,
  });
  const sure = weighed.clear && weighed.score >= bar.act && weighed.ratio >= bar.ratio;
  const objection = objectionTo(known, filled, input.text);
  if (objection !== undefined) {
    const reason = `it names ${weighed.intent}, but is ${objection}`;
    if (sure && soft.has(objection)) return result('confirm', reason);
    const other = writes ? readBeside(parser, weighed) : undefined;
    if (other === undefined) return unknown(reason, weighed.scores);
    return { ...decide(parser, { ...weighed, ...other, ratio: 1 }, input), reason };
  }
  if (!sure) {
    const likely = weighed.score >= (weighed.inScope ? bar.confirm : outsideBar);
    return likely
      ? result('confirm', 'it may mean something else')
      : unknown('it is like no known intent', weighed.scores);
  }
  const said = { filled, text: input.text };
  const held = writes ? writeDoubt(parser, weighed, said) : readDoubt(parser, weighed, said);
  if (held !== undefined) return result('confirm', held);
  if (filled.missing.length === 0) return result('act', 'it is clear and complete');
  if (weighed.score < askBar) return result('confirm', 'much of it is missing');
  return result('ask-slot', `missing: ${filled.missing.join(', ')}`);
}

function earlier(expectation: Expectation): Record<string, SlotValue> {
  return Object.fromEntries(
    Object.entries(expectation.slots).map(([name, { value, text }]) => [
      name,
      { value, text, span: [0, 0] as const },
    ]),
  );
}

/** Reads the message as the answer to what was asked; undefined when it is none. */
function continued(parser: IntentParser, input: ParseInput): IntentResult | undefined {
  const { expectation } = input;
  const known = parser.intents.get(expectation?.intent ?? '');
  if (expectation === undefined || known === undefined) return undefined;
  const answer = confirmation(input.text);
  if (answer === 'no') return unknown('the person declined');
  const slots = earlier(expectation);
  if (expectation.type === 'slot' && expectation.slot !== undefined) {
    const declaration = known.plan.slots[expectation.slot];
    const value = declaration && answerSlot(declaration, input.text, input);
    if (value === undefined) return undefined;
    slots[expectation.slot] = value;
  } else if (expectation.type !== 'confirm' || answer !== 'yes') return undefined;
  const missing = Object.entries(known.plan.slots)
    .filter(([name, { required }]) => required && slots[name] === undefined)
    .map(([name]) => name);
  return {
    kind: missing.length > 0 ? 'ask-slot' : 'act',
    intent: expectation.intent,
    confidence: 1,
    slots,
    missing,
    alternatives: [],
    reason: expectation.type === 'slot' ? 'it answers what was asked' : 'it was confirmed',
  };
}

/**
 * What a message asks for. Pure: the same parser and input give the same result. Reads at most
 * `textCharactersMax` characters; a longer message is never acted on without a model. Never throws for any
 * text; throws `RangeError` for an unknown time zone.
 */
export function parseIntent(parser: IntentParser, input: ParseInput): IntentResult {
  if (input.text.length > textCharactersMax) return unknown('it is too long to be a command');
  const weighed = weigh(classify(parser.model, input.text));
  const fresh = weighed === undefined ? unknown('no intents') : decide(parser, weighed, input);
  // a new command in place of an answer is taken as the command that it is
  const isCommand = fresh.kind === 'act' && fresh.intent !== input.expectation?.intent;
  return (isCommand ? undefined : continued(parser, input)) ?? fresh;
}

/** What was understood, with its slots read from another wording of the message. Throws as `parseIntent`. */
export function refillSlots(
  parser: IntentParser,
  parsed: IntentResult,
  input: ParseInput,
): IntentResult {
  const known = parser.intents.get(parsed.intent ?? '');
  if (known === undefined) return parsed;
  const { slots, missing } = fillSlots(known.plan, input.text, input);
  const kind = parsed.kind === 'act' && missing.length > 0 ? 'ask-slot' : parsed.kind;
  return { ...parsed, kind, slots, missing };
}
