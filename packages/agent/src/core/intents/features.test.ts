import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hashText, learnVocabulary, vectorize } from './features.ts';

const texts = ['set an alarm', 'set a timer', 'play some music', 'play a song', 'set an alarm now'];
const vocabulary = learnVocabulary(texts.map(hashText));

test('a known text has a vector of three blocks of length one, with ascending indices', () => {
  const { indices, values, knownWords } = vectorize(vocabulary, hashText('set an alarm'));
  const squares = values.reduce((sum, value) => sum + value * value, 0);
  assert.ok(Math.abs(squares - 3) < 1e-5);
  assert.equal(knownWords, 1);
  assert.ok(indices.every((index, at) => at === 0 || index > (indices[at - 1] ?? 0)));
});

test('an unknown text has an empty vector and no known words', () => {
  const { indices, knownWords } = vectorize(vocabulary, hashText('zzzz qqqq'));
  assert.equal(indices.length, 0);
  assert.equal(knownWords, 0);
});

test('word order makes a difference, and so do the ends of the text', () => {
  const one = vectorize(vocabulary, hashText('set alarm an'));
  const other = vectorize(vocabulary, hashText('set an alarm'));
  assert.notDeepEqual([...one.indices], [...other.indices]);
});

test('every word is learned, and of the rest what occurs twice', () => {
  const once = learnVocabulary([hashText('one two')]);
  assert.equal(once.hashes.length, 2);
});

test('a word of the same stem shares features', () => {
  const stem = vectorize(vocabulary, hashText('alarms'));
  assert.ok(stem.indices.length > 0);
});

test('any text gives finite values', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const { values } = vectorize(vocabulary, hashText(text));
      assert.ok(values.every(Number.isFinite));
    }),
  );
});
