import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockPhrases } from './clock-phrases.ts';
import type { DateMention } from './mention.ts';

function read(text: string): Omit<DateMention, 'span'> | undefined {
  for (const { pattern, read: meaning } of clockPhrases) {
    for (const match of text.matchAll(pattern)) {
      const found = meaning(match);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

const time = (hour: number, minute: number, sure: boolean) => ({ time: { hour, minute, sure } });

test('am, pm, 24 hours and a leading zero are sure; a bare hour is not', () => {
  assert.deepEqual(read('12am'), time(0, 0, true));
  assert.deepEqual(read('12 pm'), time(12, 0, true));
  assert.deepEqual(read('at 14:30'), time(14, 30, true));
  assert.deepEqual(read('at 09:05'), time(9, 5, true));
  assert.deepEqual(read('at 9'), time(9, 0, false));
  assert.deepEqual(read('9:15'), time(9, 15, false));
  assert.deepEqual(read('17h'), time(17, 0, true));
});

test('quarters, halves and minutes are counted from the hour', () => {
  assert.deepEqual(read('half past three'), time(3, 30, false));
  assert.deepEqual(read('quarter to 1'), time(12, 45, false));
  assert.deepEqual(read('ten to five pm'), time(16, 50, true));
  assert.deepEqual(read('20 past 7'), time(7, 20, false));
});

test('a range has an end, and takes am or pm from it', () => {
  assert.deepEqual(read('from 2 to 4pm'), {
    time: { hour: 14, minute: 0, sure: true },
    timeEnd: { hour: 16, minute: 0, sure: true },
  });
  assert.deepEqual(read('11 to 1pm'), {
    time: { hour: 11, minute: 0, sure: true },
    timeEnd: { hour: 13, minute: 0, sure: true },
  });
});

test('what cannot be a time is none', () => {
  for (const text of [
    'at 30',
    '25:00',
    '9:75',
    'at 5 dollars',
    'at 5%',
    'at 9 Main Street',
    '2 to 3',
  ]) {
    assert.equal(read(text), undefined, text);
  }
});
