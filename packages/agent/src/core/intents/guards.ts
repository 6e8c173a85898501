// Owns the signs that a person does not ask for what their words name: negation, questions about it,
// reports, conditions. Refuses to look inside slots: "remind me not to call Bob" is a request.

import { tokenize } from './tokens.ts';
import type { Token } from './tokens.ts';

/** Why a message that names an action is no request for it. */
export type Objection =
  | 'negated'
  | 'a question about it'
  | 'about the past'
  | 'reported'
  | 'conditional'
  | 'the opposite'
  | 'talk about it'
  | 'a statement';

const questionWords = new Set(
  [
    'how',
    'why',
    'who',
    'whose',
    'did',
    'does',
    'do',
    'is',
    'are',
    'was',
    'were',
    'has',
    'have',
    'had',
  ].concat(['should', 'shall', 'am', 'when', 'where', 'which', 'what', 'may', 'must']),
);
const pastWords = new Set([
  'did',
  'was',
  'were',
  'had',
  'already',
  'yesterday',
  'used',
  'ago',
  'earlier',
]);
const conditionWords = new Set([
  'if',
  'unless',
  'suppose',
  'imagine',
  'assuming',
  'otherwise',
  'wish',
]);
/** Words for what is said or made about a thing, in place of the thing. */
const talkWords = new Set([
  'talk',
  'talking',
  'explain',
  'translate',
  'write',
  'describe',
  'discuss',
  'define',
  'spell',
  'pretend',
  'story',
  'mean',
  'means',
  'meaning',
  'poem',
  'joke',
  'why',
  'how',
]);
const reportWords = new Set(
  [
    'said',
    'says',
    'told',
    'tells',
    'asked',
    'asks',
    'wanted',
    'wants',
    'wrote',
    'thinks',
    'thought',
  ].concat([
    'suggested',
    'mentioned',
    'keeps',
    'forgot',
    'claims',
    'reminded',
    'reminds',
    'hates',
    'loves',
  ]),
);
const oppositeWords = new Set(
  [
    'cancel',
    'delete',
    'remove',
    'undo',
    'stop',
    'clear',
    'drop',
    'ignore',
    'skip',
    'erase',
    'forget',
  ].concat(['revert', 'scrap', 'dismiss', 'abort', 'disable']),
);
const subjects = new Set(['i', 'we', 'they', 'he', 'she', 'you']);
/** Verbs by which "I" and "you" ask: "I need a reminder", "you can delete it". */
const wishes = new Set([
  'need',
  'want',
  'would',
  'have',
  'must',
  'will',
  'am',
  'should',
  'might',
  'can',
  'could',
  'may',
]);
const negations = new Set([
  'not',
  'never',
  'no',
  'nobody',
  'nothing',
  'without',
  'stop',
  'quit',
  'hate',
]);
/** Negations that ask: "don't forget", "don't let me forget", "why don't you", "can't you". */
const kindNegation =
  /\b(?:(?:do )?(?:not|never)(?: (?:to|ever|let|me|us|it|slip|i|want|will|must|please|can|do)){0,6} (?:forget|forgetting|slip)|why do not (?:you|we)|why not|(?:can|could|would|will|do) not you|do not you (?:think|know)|if you do not mind)\b/g;
const polite =
  /^(?:(?:please|hey|hi|hello|ok|okay|so|and|also|then|well|now) )*(?:can|could|would|will|may|might) (?:you|i|we)\b/;
/** Questions and reminiscences that begin like a request. */
const openQuestion =
  /^(?:(?:could|would|should|might|may) (?:i|we|he|she|they|it) have (?:\w+ed|been|done|had|made|put)\b|do you (?:still )?(?:remember|recall|know)\b|remember (?:when|how|the time|that time|the day)\b)/;
const kindCondition =
  /\b(?:if (?:you can|you could|possible|that is ok|you do not mind|you would)|once (?:a|per|every))\b/g;

const courtesy = /^(?:please|hey|hi|hello|ok|okay|so|and|also|then|well|now)$/;

/** What an intent's own examples say, which is never an objection to it. */
export interface OwnWords {
  /** Words outside slots, without negations that ask. */
  readonly words: ReadonlySet<string>;
  /** All words outside slots. */
  readonly all: ReadonlySet<string>;
  /** The first two words of examples; the first where there is one only. */
  readonly starts: ReadonlySet<string>;
}

/** The words of a request without negations and conditions that are mere politeness. */
function plainly(words: readonly string[]): string[] {
  const text = words.join(' ').replace(kindNegation, ' ').replace(kindCondition, ' ');
  return text.split(' ').filter((word) => word !== '');
}

/** How a request opens: its first two words, or the one that it has. */
function openingOf(words: readonly string[]): string[] {
  return words.length === 0 ? [] : [words.slice(0, 2).join(' ')];
}

/** In how many plain examples a word must stand that may belong to what they happen to be about. */
const plainExamplesMin = 3;

/** Learns the words of an intent from its examples; `{slot}` stands for any words. */
export function learnOwnWords(examples: readonly string[]): OwnWords {
  const bare = examples.map((example) => tokenize(example.replace(/\{[^}]*\}/g, ' ')));
  const starts = examples.flatMap((example) => {
    // "{query} is done" opens with "is done", once its text is left out
    const [front = ''] = example.replace(/^\s*\{[^}]*\}/, '').split('{');
    return openingOf(tokenize(front));
  });
  const counts = new Map<string, number>();
  for (const [index, words] of bare.entries()) {
    const weight = examples[index]?.includes('{') === true ? plainExamplesMin : 1;
    for (const word of new Set(plainly(words))) counts.set(word, (counts.get(word) ?? 0) + weight);
  }
  const few = examples.length < 30;
  const usual = [...counts].filter(([, count]) => few || count >= plainExamplesMin);
  return {
    words: new Set(usual.map(([word]) => word)),
    all: new Set(bare.flat()),
    starts: new Set(starts),
  };
}

function withoutCourtesy(words: readonly string[]): string[] {
  return words.filter((word) => !courtesy.test(word));
}

/** True when a message begins as a statement: "I finished", "we need", but not "can we". */
export function isStatement(tokens: readonly Token[]): boolean {
  const [subject, verb] = withoutCourtesy(tokens.map(({ word }) => word));
  return subjects.has(subject ?? '') && !wishes.has(verb ?? '');
}

const modals: ReadonlySet<string> = new Set(
  'can could would will should shall may might must'.split(' '),
);
const asked: ReadonlySet<string> = new Set(
  'you u i we somebody someone anyone not please kindly'.split(' '),
);

/** True when a message begins by asking of a thing, "would a call at 7 fit", not of anybody. */
export function asksOfThing(tokens: readonly Token[]): boolean {
  const [first, second] = withoutCourtesy(tokens.map(({ word }) => word));
  return modals.has(first ?? '') && second !== undefined && !asked.has(second);
}

/** True when a message begins with a refusal, such as "don't show me". */
export function isRefusal(frame: readonly Token[]): boolean {
  const words = withoutCourtesy(frame.map(({ word }) => word));
  return words[0] === 'never' || (words[0] === 'do' && words[1] === 'not');
}

/**
 * The first objection to acting on a message, or undefined. `frame` is the message without its slots; of
 * the message itself only the beginning counts, since free text may hold anything.
 */
export function findObjection(
  frame: readonly Token[],
  tokens: readonly Token[],
  own: OwnWords,
): Objection | undefined {
  const all = frame.map(({ word }) => word);
  const words = plainly(all);
  const hasForeign = (set: ReadonlySet<string>): boolean =>
    words.some((word) => set.has(word) && !own.words.has(word));
  if (hasForeign(negations)) return 'negated';
  if (words.some((word) => conditionWords.has(word))) return 'conditional';
  if (hasForeign(oppositeWords)) return 'the opposite';
  if (hasForeign(reportWords)) return 'reported';
  if (hasForeign(pastWords)) return 'about the past';
  if (hasForeign(talkWords)) return 'talk about it';
  const said = tokens.map(({ word }) => word);
  const whole = said.join(' ');
  if (openQuestion.test(whole)) return 'a question about it';
  const opening = withoutCourtesy(said).slice(0, 2);
  if (conditionWords.has(opening[0] ?? '')) return 'conditional';
  if (isStatement(tokens) && !own.starts.has(opening.join(' '))) return 'a statement';
  const asks = [words, plainly(said)].some((each) => {
    const [first = '', second = ''] = withoutCourtesy(each);
    const known = own.starts.has(first) || own.starts.has(`${first} ${second}`);
    return questionWords.has(first) && !known;
  });
  return asks && !polite.test(whole) ? 'a question about it' : undefined;
}
