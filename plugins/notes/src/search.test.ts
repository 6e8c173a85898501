import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Note } from './note.ts';
import { searchNotes } from './search.ts';

const notes: readonly Note[] = [
  { id: 'wifi', text: 'The wifi code of the office is on the fridge', createdAt: 1 },
  { id: 'gift', text: 'Gift ideas: a lamp, a book', title: 'Anna', createdAt: 2 },
  { id: 'lamp', text: 'The lamp in the office needs a new bulb', createdAt: 3 },
];

function found(query: string): readonly string[] {
  return searchNotes(notes, query).map((note) => note.id);
}

test('rare words count more than common ones', () => {
  assert.deepEqual(found('office wifi'), ['wifi', 'lamp']);
});

test('a title is found, and beginnings of words are', () => {
  assert.deepEqual(found('anna'), ['gift']);
  assert.deepEqual(found('bulbs'), ['lamp']);
  assert.deepEqual(found('gifts for Anna'), ['gift']);
});

test('without words the newest come first, and unknown words find nothing', () => {
  assert.deepEqual(found(' '), ['lamp', 'gift', 'wifi']);
  assert.deepEqual(found('holiday'), []);
});
