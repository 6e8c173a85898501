// Owns which notes answer a few words, best first. Refuses notes that share no word with them.

import { plainWords } from '@opencomputer/plugin/match';
import type { Note } from './note.ts';

const TITLE_WEIGHT = 2;
const PREFIX_CHARACTERS_MIN = 4;
const PREFIX_WEIGHT = 0.6;

/**
 * Notes by the rarity of the words that they share with a query (inverse document frequency); a title
 * counts double, the newer of two equal ones comes first. An empty query gives the newest.
 */
export function searchNotes(notes: readonly Note[], query: string): readonly Note[] {
  const newest = notes.toSorted((one, other) => other.createdAt - one.createdAt);
  if (query.trim() === '') return newest;
  const asked = [...new Set(plainWords(query))];
  const read = newest.map((note) => ({
    note,
    title: new Set(plainWords(note.title ?? '')),
    text: new Set(plainWords(note.text)),
  }));
  const rarity = new Map(
    asked.map((word) => {
      const having = read.filter(({ title, text }) => share(word, title) + share(word, text) > 0);
      return [word, Math.log(1 + (notes.length + 1) / (having.length + 0.5))];
    }),
  );
  return read
    .map(({ note, title, text }) => {
      const scores = asked.map(
        (word) =>
          (rarity.get(word) ?? 0) * Math.max(TITLE_WEIGHT * share(word, title), share(word, text)),
      );
      return { note, score: scores.reduce((sum, score) => sum + score, 0) };
    })
    .filter(({ score }) => score > 0)
    .toSorted((one, other) => other.score - one.score)
    .map(({ note }) => note);
}

/** How well a word is among others: 1 for the word itself, less for the same beginning. */
function share(word: string, words: ReadonlySet<string>): number {
  if (words.has(word)) return 1;
  if (word.length < PREFIX_CHARACTERS_MIN) return 0;
  for (const other of words) {
    const long = other.length >= PREFIX_CHARACTERS_MIN;
    if (long && (other.startsWith(word) || word.startsWith(other))) return PREFIX_WEIGHT;
  }
  return 0;
}
