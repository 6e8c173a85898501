import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseChronoDates } from './chrono-dates.ts';
import { isoDay } from './zone.ts';

const today = { year: 2026, month: 5, day: 6 };
const days = (text: string): string[] =>
  parseChronoDates(text, today).map(({ day }) => (day === undefined ? '' : isoDay(day)));

test('written dates and weekdays are found, in the future', () => {
  assert.deepEqual(days('on 3 June'), ['2026-06-03']);
  assert.deepEqual(days('on April 3rd'), ['2027-04-03']);
  assert.deepEqual(days('2026-12-24'), ['2026-12-24']);
  assert.deepEqual(days('next Friday'), ['2026-05-15']);
  assert.deepEqual(days('on sunday'), ['2026-05-10']);
});

test('the ends of a range are two mentions with spans of their own', () => {
  const text = 'from Monday to Tuesday';
  const words = parseChronoDates(text, today).map(({ span }) => text.slice(span[0], span[1]));
  assert.deepEqual(words, ['Monday', 'Tuesday']);
});

test('a month or a short weekday alone is a name', () => {
  for (const text of ['ask May', 'march on', 'April called', 'meet Sun', 'the sat nav']) {
    assert.deepEqual(days(text), [], text);
  }
  assert.deepEqual(days('in March'), ['2027-03-01']);
  assert.deepEqual(days('on Sun'), ['2026-05-10']);
});

test('the time zone of the machine does not matter', () => {
  assert.deepEqual(days('2026-03-29'), ['2026-03-29']);
  const spring = parseChronoDates('monday', { year: 2026, month: 3, day: 28 });
  assert.equal(spring[0]?.day && isoDay(spring[0].day), '2026-03-30');
});

test('plain figures are no dates', () => {
  for (const text of ['2 invoices', 'room 12', '5 minutes', 'version 2']) {
    assert.deepEqual(days(text), [], text);
  }
});
