// Owns a summary made of a text's own sentences. Refuses to write new ones: it only chooses.

import { words } from './words.ts';

/** A chosen sentence and where it stands, counted from 0. */
export interface ChosenSentence {
  readonly text: string;
  readonly position: number;
}

export const SENTENCES_READ_MAX = 400;
const SENTENCES_CHOSEN_MAX = 7;
const SENTENCE_CHARACTERS_MAX = 400;
const SENTENCE_WORDS_MIN = 4;
const PASSES = 30;
const DAMPING = 0.85;
const LIKENESS_MAX = 0.5;
/** How much more the first sentence counts than the last. */
const LEAD_WEIGHT = 0.5;
const ABBREVIATION = /(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e|approx|No|Fig)|\b\p{Lu})\.$/u;

/** Sentences of plain text or Markdown: no code, no headings, no tables. */
export function sentencesOf(text: string): readonly string[] {
  const plain = text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/^(```|~~~)[^]*?^\1.*$/gm, '\n\n')
    .replaceAll(/^(?:#{1,6}\s.*|\s*\|.*|[=\-*_]{3,}\s*)$/gm, '\n\n')
    .replaceAll(/!?\[([^\]\n]*)\]\([^)\n]*\)/g, '$1')
    .replaceAll(/^\s*(?:[-*+•]|\d{1,3}[.)])\s+/gm, '\n\n')
    .replaceAll(/^>\s?/gm, '')
    .replaceAll(/(\*\*|__|`)/g, '');
  const sentences: string[] = [];
  for (const paragraph of plain.split(/\n\s*\n/)) {
    const line = paragraph.replaceAll(/\s+/g, ' ').trim();
    let open = '';
    for (const part of line.split(/(?<=[.!?…]["'”’)]?)\s+(?=["'“‘(]?[\p{Lu}\p{N}])/u)) {
      open = open === '' ? part : `${open} ${part}`;
      if (ABBREVIATION.test(open)) continue;
      sentences.push(open);
      open = '';
    }
    if (open !== '') sentences.push(open);
    if (sentences.length >= SENTENCES_READ_MAX) break;
  }
  return sentences
    .filter((each) => (each.match(/\p{L}+/gu) ?? []).length >= SENTENCE_WORDS_MIN)
    .slice(0, SENTENCES_READ_MAX);
}

/**
 * The sentences that most others are like (TextRank, Mihalcea and Tarau 2004), early ones first among
 * equals, without repeating themselves, in the order of the text.
 */
export function summarise(text: string): readonly ChosenSentence[] {
  const sentences = sentencesOf(text);
  const wanted = Math.min(SENTENCES_CHOSEN_MAX, Math.max(2, Math.ceil(sentences.length / 6)));
  if (sentences.length <= wanted) return sentences.map(chosen);
  const sets = sentences.map((sentence) => new Set(words(sentence)));
  const order = Array.from(rank(sets), (score, position) => ({
    position,
    score: score * (1 + LEAD_WEIGHT * (1 - position / sentences.length)),
  })).toSorted((one, other) => other.score - one.score);
  const picked: number[] = [];
  for (const { position } of order) {
    if (picked.length >= wanted) break;
    const alike = picked.some((other) => overlap(sets[position], sets[other]) > LIKENESS_MAX);
    if (!alike) picked.push(position);
  }
  return picked
    .toSorted((one, other) => one - other)
    .map((position) => chosen(sentences[position] ?? '', position));
}

function chosen(sentence: string, position: number): ChosenSentence {
  const long = sentence.length > SENTENCE_CHARACTERS_MAX;
  const text = long ? `${sentence.slice(0, SENTENCE_CHARACTERS_MAX - 1).trimEnd()}…` : sentence;
  return { text, position };
}

function rank(sets: readonly ReadonlySet<string>[]): Float64Array {
  const count = sets.length;
  const likeness = new Float64Array(count * count);
  const sums = new Float64Array(count);
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      if (row === column) continue;
      const value = likenessOf(sets[row], sets[column]);
      likeness[row * count + column] = value;
      sums[row] = (sums[row] ?? 0) + value;
    }
  }
  let ranks = new Float64Array(count).fill(1);
  for (let pass = 0; pass < PASSES; pass += 1) {
    const next = new Float64Array(count).fill(1 - DAMPING);
    for (let row = 0; row < count; row += 1) {
      if ((sums[row] ?? 0) === 0) continue;
      const given = (DAMPING * (ranks[row] ?? 0)) / (sums[row] ?? 1);
      for (let column = 0; column < count; column += 1) {
        next[column] = (next[column] ?? 0) + given * (likeness[row * count + column] ?? 0);
      }
    }
    ranks = next;
  }
  return ranks;
}

function likenessOf(one?: ReadonlySet<string>, other?: ReadonlySet<string>): number {
  if (one === undefined || other === undefined || one.size < 2 || other.size < 2) return 0;
  return one.intersection(other).size / (Math.log(one.size) + Math.log(other.size));
}

function overlap(one?: ReadonlySet<string>, other?: ReadonlySet<string>): number {
  if (one === undefined || other === undefined) return 0;
  return one.intersection(other).size / Math.max(1, Math.min(one.size, other.size));
}
