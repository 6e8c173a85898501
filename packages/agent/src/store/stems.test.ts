import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stem, stemsOf } from './stems.ts';

test('endings go as in the first step of Porter’s algorithm', () => {
  // The examples of the paper, those of step 1.
  const examples = {
    caresses: 'caress',
    ponies: 'poni',
    ties: 'ti',
    caress: 'caress',
    cats: 'cat',
    feed: 'feed',
    agreed: 'agree',
    plastered: 'plaster',
    bled: 'bled',
    motoring: 'motor',
    sing: 'sing',
    conflated: 'conflate',
    troubled: 'trouble',
    sized: 'size',
    hopping: 'hop',
    tanned: 'tan',
    falling: 'fall',
    hissing: 'hiss',
    fizzed: 'fizz',
    failing: 'fail',
    filing: 'file',
    happy: 'happi',
    sky: 'sky',
  };
  for (const [word, expected] of Object.entries(examples)) assert.equal(stem(word), expected, word);
});

test('forms of a word meet', () => {
  const [first, ...others] = ['meeting', 'meetings', 'meet', 'meets'].map(stem);
  for (const other of others) assert.equal(other, first);
});

test('case, accents, width and punctuation do not matter', () => {
  assert.deepEqual(stemsOf('Café, CAFE; ｃａｆｅ! cafe\u0301'), ['cafe', 'cafe', 'cafe', 'cafe']);
});

test('words of other alphabets are kept whole', () => {
  assert.deepEqual(stemsOf('Встреча завтра в 10:30'), ['встреча', 'завтра', 'в', '10', '30']);
});

test('scripts without spaces are searched by pairs', () => {
  assert.deepEqual(stemsOf('東京都'), ['東京', '京都']);
  assert.deepEqual(stemsOf('회의'), ['회의']);
  assert.deepEqual(stemsOf('火'), ['火']);
});

test('the order and the number of words are kept', () => {
  assert.deepEqual(stemsOf('call bob, then call Ann'), ['call', 'bob', 'then', 'call', 'ann']);
  assert.deepEqual(stemsOf(' \n\t…—'), []);
});

test('the number of stems and the length of each are bounded', () => {
  assert.equal(stemsOf('a '.repeat(100_000)).length, 8192);
  assert.equal(stemsOf('x'.repeat(100_000))[0]?.length, 64);
});
