// Owns the words of a text as a search of tools compares them: split at case and digits, without the
// words of asking, cut to their stem. Refuses to know what a word means.

/** Words that people ask with, and that describe no tool. */
const stopWords: ReadonlySet<string> = new Set(
  (
    'a an and are as at be been being by can could do does did doing done for from get gets give gives ' +
    'had has have having he her here hers hey hi hello him his how i if in into is it its just kindly ' +
    'know let lets like look may me might mine must my need needs no not now of off on one or our ours ' +
    'out over please pls s she should show so some t tell than thanks thank that the their them then ' +
    'there these they this those to too up us using use used uses via want wanted wants was we were ' +
    'what whats when where which who whom whose why will with would you your yours d ll m re ve am ' +
    'any also help about all return returns given would id im'
  ).split(' '),
);

/** Longest first; what stays must have the letters given. */
const endings: readonly (readonly [ending: string, lettersMin: number])[] = [
  ...'izations isations ization isation ational'.split(' ').map((one) => [one, 3] as const),
  ...'ations ators ating ation ator ates ated ements ement ances ences ities'
    .split(' ')
    .map((one) => [one, 4] as const),
  ...'ments ment ness ance ence ables able ible ives ions ings'
    .split(' ')
    .map((one) => [one, 4] as const),
  ['ing', 3],
  ...'ity ate ive ion ers ors als ous ful'.split(' ').map((one) => [one, 4] as const),
  ['ies', 2],
  ['ied', 2],
  ...'er or al ly'.split(' ').map((one) => [one, 4] as const),
  ['es', 3],
  ['ed', 3],
  ['s', 3],
  ['e', 3],
  ['y', 2],
];

const asciiWords = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g;
const anyWords = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{M}]+|[\p{L}\p{M}]+|\p{N}+/gu;
const beyondAscii = /[^ -~\s]/;

/** The words of a text: parts of camelCase and snake_case names apart, lower case. */
export function splitWords(text: string): readonly string[] {
  const found = beyondAscii.test(text)
    ? text.normalize('NFKC').match(anyWords)
    : text.match(asciiWords);
  return (found ?? []).map((word) => word.toLowerCase());
}

/** The stems of the words of a text that are not words of asking, in their order. */
export function termsOf(text: string): readonly string[] {
  return splitWords(text)
    .filter((word) => !stopWords.has(word))
    .map(stemOf);
}

const endingsByLetter: ReadonlyMap<string, typeof endings> = Map.groupBy(
  endings,
  ([ending]) => ending.at(-1) ?? '',
);

/** A word without its ending: "translation", "translate" and "translated" are one. */
export function stemOf(word: string): string {
  if (word.length < 4 || word.endsWith('ss')) return word;
  const found = endingsByLetter
    .get(word.at(-1) ?? '')
    ?.find(
      ([ending, lettersMin]) => word.endsWith(ending) && word.length - ending.length >= lettersMin,
    );
  if (found === undefined) return word;
  const stem = word.slice(0, word.length - found[0].length);
  const doubled = stem.length > 3 && stem.at(-1) === stem.at(-2) && !/[lsz]$/.test(stem);
  return doubled ? stem.slice(0, -1) : stem;
}
