// Owns the signs that a person does not ask for what their words name: negation, questions about it,
// reports, conditions. Refuses to look inside slots: "remind me not to call Bob" is a request.

import type { Token } from './tokens.ts';

/** Why a message that names an action is no request for it. */
export type Objection =
  | 'negated'
  | 'a question about it'
  | 'about the past'
  | 'reported'
  | 'conditional'
  | 'the opposite';

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
  'whenever',
  'once',
  'assuming',
  'otherwise',
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
  /\b(?:(?:not|never)(?: (?:to|ever|let|me|us|it|slip|i|want|will|must|please|can|do)){0,6} (?:forget|forgetting|slip)|why do not (?:you|we)|why not|(?:can|could|would|will|do) not you|do not you (?:think|know)|if you do not mind)\b/g;
const polite =
  /^(?:(?:please|hey|hi|hello|ok|okay|so|and|also|then|well|now) )*(?:can|could|would|will|may|might) (?:you|i|we)\b/;
const kindCondition =
  /\b(?:if (?:you can|you could|possible|that is ok|you do not mind|you would)|once (?:a|per|every))\b/g;

/**
 * The first objection to acting on a message, or undefined. `frame` is the message without its slots;
 * `known` holds the words that the intent's own examples use outside slots.
 */
export function findObjection(
  frame: readonly Token[],
  known: ReadonlySet<string>,
): Objection | undefined {
  const all = frame.map(({ word }) => word);
  const text = all.join(' ').replace(kindNegation, ' ').replace(kindCondition, ' ');
  const words = text.split(' ').filter((word) => word !== '');
  const has = (set: ReadonlySet<string>): boolean =>
    words.some((word) => set.has(word) && !known.has(word));
  if (words.some((word) => negations.has(word))) return 'negated';
  if (has(oppositeWords)) return 'the opposite';
  if (has(conditionWords)) return 'conditional';
  if (has(reportWords)) return 'reported';
  if (has(pastWords)) return 'about the past';
  const first = words.find(
    (word) => !/^(?:please|hey|hi|hello|ok|okay|so|and|also|then|well|now)$/.test(word),
  );
  const asks = first !== undefined && questionWords.has(first) && !known.has(first);
  return asks && !polite.test(text) ? 'a question about it' : undefined;
}
