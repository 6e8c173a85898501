// Owns the words of a text that carry its meaning. Refuses small words, and tells no endings apart that
// only count things.

const WORDS_MAX = 20_000;
const SMALL = new Set(
  (
    'a about after all also an and any are as at be because been before being between both but by can could did ' +
    'do does each for from had has have having he her here him his how i if in into is it its just me more most my ' +
    'no nor not now of on once only or other our out over own same she should so some such than that the their them ' +
    'then there these they this those through to too under until up very was we were what when where which while who ' +
    'why will with would you your der die das und oder ein eine ist mit von zu den im in auf für nicht'
  ).split(' '),
);

/** Meaningful words in their plain form: lower case, no accents, no plural s. */
export function words(text: string): readonly string[] {
  const folded = text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const found = folded.match(/[\p{L}\p{N}]+/gu) ?? [];
  return found
    .slice(0, WORDS_MAX)
    .filter((word) => !SMALL.has(word))
    .map((word) => word.replace(/(?<=\p{L}{2}[^s])s$/u, ''));
}
