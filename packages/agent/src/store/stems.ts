// Owns how text becomes the stems that search compares: words, folded and shortened.
// Refuses to be clever: a light stemmer for English endings, pairs of characters for CJK.

/** Stems taken from one text; what follows is not searchable. */
const stemsMax = 8192;
/** Characters of one word that count. */
const wordLengthMax = 64;

const words = /[\p{L}\p{N}\p{M}]+/gu;
const marks = /\p{M}/gu;
/** Scripts written without spaces: their runs become overlapping pairs. */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]/u;
const vowel = /[aeiouy]/;

/** The stems of a text in order, repeated ones included. */
export function stemsOf(text: string): string[] {
  const stems: string[] = [];
  // Compatibility forms first (full width, ligatures), then marks apart so that they can go.
  const folded = text.normalize('NFKD').replaceAll(marks, '').toLowerCase();
  for (const [word] of folded.matchAll(words)) {
    for (const part of partsOf(word)) {
      if (stems.length >= stemsMax) return stems;
      stems.push(part);
    }
  }
  return stems;
}

function partsOf(word: string): string[] {
  if (!unspaced.test(word)) return [stem(word.slice(0, wordLengthMax))];
  // Composed again: Hangul was taken apart by the decomposition.
  const characters = Array.from(word.normalize('NFC'));
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, index) => `${characters[index] ?? ''}${character}`);
}

/** Step 1 of M. F. Porter, An algorithm for suffix stripping, Program 14 (1980), 130-137. */
export function stem(word: string): string {
  if (word.length <= 2 || !/^[a-z]+$/.test(word)) return word;
  const open = withoutEnding(withoutPlural(word));
  const base = open.slice(0, -1);
  return open.endsWith('y') && vowel.test(base) ? `${base}i` : open;
}

function withoutPlural(word: string): string {
  if (word.endsWith('sses') || word.endsWith('ies')) return word.slice(0, -2);
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

function withoutEnding(word: string): string {
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  for (const ending of ['ed', 'ing']) {
    const base = word.slice(0, -ending.length);
    if (word.endsWith(ending) && vowel.test(base)) return repaired(base);
  }
  return word;
}

/** `hopp` becomes `hop`, `fil` (of `filing`) becomes `file`, `conflat` becomes `conflate`. */
function repaired(base: string): string {
  if (/(?:at|bl|iz)$/.test(base)) return `${base}e`;
  if (/([^aeiouylsz])\1$/.test(base)) return base.slice(0, -1);
  const isShort = measure(base) === 1 && /[^aeiou][aeiouy][^aeiouwxy]$/.test(base);
  return isShort ? `${base}e` : base;
}

/** Porter's m: how often a run of vowels is followed by a run of consonants. */
function measure(base: string): number {
  return base.match(/[aeiouy]+[^aeiouy]+/g)?.length ?? 0;
}
