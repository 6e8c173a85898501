import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languageWords, unitWords } from './vocabulary-words.ts';

test('words are lower case, and each is listed once', () => {
  for (const words of [unitWords, languageWords]) {
    assert.equal(new Set(words).size, words.length);
    assert.ok(words.every((word) => word === word.toLowerCase() && word.trim() === word));
  }
});

test('"in" is no unit: it is said in almost every message', () => {
  assert.ok(!unitWords.includes('in'));
});
