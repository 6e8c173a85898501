// Owns which kept item a person means by a few words. Refuses to guess: several equal matches are
// all returned, and likely ones are told apart from sure ones.

/** `sure`: act on them when there is one; `near`: only worth a question. */
export interface Matches<Item> {
  readonly sure: readonly Item[];
  readonly near: readonly Item[];
}

const NEAR_MAX = 5;
const PREFIX_CHARACTERS_MIN = 4;
const SMALL_WORDS = new Set(
  'a an the my our to of for at on in with about that this is and me i please one'.split(' '),
);

/** Words in their plain form: lower case, without accents, plural endings and small words. */
export function plainWords(text: string): readonly string[] {
  const folded = text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const words = folded.match(/[\p{L}\p{N}]+/gu) ?? [];
  const large = words.filter((word) => !SMALL_WORDS.has(word));
  const kept = large.length > 0 ? large : words;
  return kept.map((word) => word.replace(/(?<=\p{L}{2}[^s])s$/u, ''));
}

/** Items that `query` means by id, by the same words, or else by having all of its words. */
export function matchItems<Item extends { readonly id: string }>(
  items: readonly Item[],
  query: string,
  textOf: (item: Item) => string,
): Matches<Item> {
  const named = items.filter((item) => item.id === query.trim().toLowerCase());
  if (named.length > 0) return { sure: named, near: [] };
  const asked = plainWords(query);
  if (asked.length === 0) return { sure: [], near: [] };
  const scored = items.map((item) => ({ item, words: plainWords(textOf(item)) }));
  const same = scored.filter(({ words }) => words.join(' ') === asked.join(' '));
  if (same.length > 0) return { sure: same.map(({ item }) => item), near: [] };
  const share = (words: readonly string[]): number =>
    asked.filter((word) => words.some((other) => agrees(word, other))).length / asked.length;
  const whole = scored.filter(({ words }) => share(words) === 1);
  if (whole.length > 0) return { sure: whole.map(({ item }) => item), near: [] };
  const near = scored
    .map(({ item, words }) => ({ item, score: share(words) }))
    .filter(({ score }) => score >= 0.5)
    .toSorted((one, other) => other.score - one.score);
  return { sure: [], near: near.slice(0, NEAR_MAX).map(({ item }) => item) };
}

/** Equal, or one the beginning of the other: "dentist" and "dentists". */
function agrees(word: string, other: string): boolean {
  if (word === other) return true;
  const [short, long] = word.length < other.length ? [word, other] : [other, word];
  return short.length >= PREFIX_CHARACTERS_MIN && long.startsWith(short);
}
