import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calendarPhrases, countOf, unitMs } from './calendar-phrases.ts';
import { isoDay } from './zone.ts';

// a Saturday
const today = { year: 2026, month: 1, day: 31 };

function read(
  text: string,
): { day?: string; last?: string; repeat?: string; shift?: number } | undefined {
  for (const { pattern, read: meaning } of calendarPhrases(today)) {
    for (const match of text.matchAll(pattern)) {
      const found = meaning(match);
      if (found === undefined) continue;
      return {
        ...(found.day && { day: isoDay(found.day) }),
        ...(found.lastDay && { last: isoDay(found.lastDay) }),
        ...(found.repeat && { repeat: found.repeat }),
        ...(found.shiftMs && { shift: found.shiftMs }),
      };
    }
  }
  return undefined;
}

test('days are counted over the ends of months', () => {
  assert.deepEqual(read('tomorrow'), { day: '2026-02-01' });
  assert.deepEqual(read('in a month'), { day: '2026-02-28' });
  assert.deepEqual(read('in two weeks'), { day: '2026-02-14' });
  assert.deepEqual(read('3 days from now'), { day: '2026-02-03' });
  assert.deepEqual(read('the next 3 days'), { day: '2026-01-31', last: '2026-02-02' });
});

test('a week begins on Monday, a weekend on Saturday', () => {
  assert.deepEqual(read('this week'), { day: '2026-01-26' });
  assert.deepEqual(read('next week'), { day: '2026-02-02' });
  assert.deepEqual(read('the weekend'), { day: '2026-01-31' });
  assert.deepEqual(read('end of next month'), { day: '2026-02-28' });
  assert.deepEqual(read('end of the year'), { day: '2026-12-31' });
});

test('a day of the month that has passed is in the next month that has it', () => {
  assert.deepEqual(read('on the 3rd'), { day: '2026-02-03' });
  assert.deepEqual(read('on the 31st'), { day: '2026-01-31' });
  assert.equal(read('the 45th'), undefined);
  assert.equal(read('the 3rd invoice'), undefined);
});

test('recurrences become rules', () => {
  assert.equal(read('every tuesday and friday')?.repeat, 'FREQ=WEEKLY;BYDAY=TU,FR');
  assert.equal(read('every 3 weeks')?.repeat, 'FREQ=WEEKLY;INTERVAL=3');
  assert.equal(read('on mondays')?.repeat, 'FREQ=WEEKLY;BYDAY=MO');
  assert.equal(read('yearly')?.repeat, 'FREQ=YEARLY');
  assert.equal(read('everyone'), undefined);
});

test('spans shorter than a day are exact', () => {
  assert.deepEqual(read('in 90 minutes'), { shift: 5_400_000 });
  assert.deepEqual(read('in an hour and a half'), { shift: 5_400_000 });
  assert.deepEqual(read('in 1 hour 20 minutes'), { shift: 4_800_000 });
});

test('counts and units', () => {
  assert.equal(countOf('half an'), 0.5);
  assert.equal(countOf('2,5'), 2.5);
  assert.ok(Number.isNaN(countOf('many')));
  assert.equal(unitMs('hrs'), 3_600_000);
  assert.equal(unitMs('days'), undefined);
});
