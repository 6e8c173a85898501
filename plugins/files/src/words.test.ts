import assert from 'node:assert/strict';
import { test } from 'node:test';
import { words } from './words.ts';

test('words are plain: no small ones, no accents, no plurals', () => {
  assert.deepEqual(words('The Cafés of the boss, 2026 and his bus!'), [
    'cafe',
    'boss',
    '2026',
    'bus',
  ]);
  assert.deepEqual(words(' … '), []);
});
