import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clockText, instantOf, isoTime, readTime } from './local-time.ts';
import { firstFrom, readRule, ruleText, timesWithin } from './recurrence.ts';
import type { Recurrence } from './recurrence.ts';

const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata'];

function at(text: string, timeZone: string): number {
  const read = readTime(text, timeZone);
  assert.ok(read, text);
  return read.instant;
}

function repeat(rule: string, start: string, timeZone = 'Europe/Berlin'): Recurrence {
  return { rule, start: at(start, timeZone), timeZone };
}

test('a daily time stays on the wall clock across both changes of the clocks', async () => {
  for (const timeZone of zones) {
    const daily = repeat('FREQ=DAILY', '2026-03-01T09:00', timeZone);
    const range = { from: daily.start, to: at('2026-11-30', timeZone) };
    const times = await timesWithin(daily, range, 400);
    assert.equal(times.length, 274);
    assert.deepEqual(new Set(times.map((time) => clockText(time, timeZone))), new Set(['09:00']));
  }
});

test('a time that is skipped in spring is late by the gap, once, and never lost', async () => {
  const daily = repeat('FREQ=DAILY', '2026-03-27T02:30');
  const times = await timesWithin(daily, { from: daily.start, to: at('2026-03-31', 'UTC') }, 10);
  assert.deepEqual(
    times.map((time) => isoTime(time, 'Europe/Berlin').slice(5, 16)),
    ['03-27T02:30', '03-28T02:30', '03-29T03:30', '03-30T02:30'],
  );
  const late = at('2026-03-29T03:15', 'Europe/Berlin');
  assert.equal(await firstFrom(daily, late), at('2026-03-29T03:30', 'Europe/Berlin'));
});

test('a time that occurs twice in autumn comes once', async () => {
  const daily = repeat('FREQ=DAILY', '2026-10-24T02:30');
  const range = { from: daily.start, to: at('2026-10-27', 'UTC') };
  const times = await timesWithin(daily, range, 10);
  assert.deepEqual(
    times.map((time) => isoTime(time, 'Europe/Berlin')),
    ['2026-10-24T02:30:00+02:00', '2026-10-25T02:30:00+02:00', '2026-10-26T02:30:00+01:00'],
  );
});

test('hours are real hours across a change of the clocks', async () => {
  const hourly = repeat('FREQ=HOURLY;INTERVAL=2', '2026-10-25T00:00');
  const range = { from: hourly.start, to: hourly.start + 6 * 3_600_000 };
  const times = await timesWithin(hourly, range, 10);
  assert.deepEqual(
    times.map((time) => (time - hourly.start) / 3_600_000),
    [0, 2, 4, 6],
  );
});

test('the first time from an instant is never before it and never skips one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...zones),
      fc.constantFrom('FREQ=DAILY', 'FREQ=WEEKLY;BYDAY=MO,TH', 'FREQ=DAILY;BYHOUR=2,14'),
      fc.integer({ min: 0, max: 400 * 24 * 60 }),
      async (timeZone, rule, minutes) => {
        const recurrence = repeat(rule, '2026-01-01T02:30', timeZone);
        const instant = recurrence.start + minutes * 60_000;
        const first = await firstFrom(recurrence, instant);
        assert.ok(first !== undefined && first >= instant);
        const range = { from: recurrence.start, to: first };
        const all = await timesWithin(recurrence, range, 2_000);
        assert.equal(all.at(-1), first);
        const before = all.at(-2);
        assert.ok(before === undefined || before < instant);
      },
    ),
    { numRuns: 25 },
  );
});

test('a count and an end are kept', async () => {
  const three = repeat('FREQ=DAILY;COUNT=3', '2026-11-23T09:00');
  const range = { from: three.start, to: three.start + 30 * 86_400_000 };
  assert.equal((await timesWithin(three, range, 10)).length, 3);
  const ending = repeat('FREQ=DAILY;UNTIL=20261125', '2026-11-23T09:00');
  assert.equal((await timesWithin(ending, range, 10)).length, 3);
  const exact = repeat('FREQ=DAILY;UNTIL=20261125T075959Z', '2026-11-23T09:00');
  assert.equal((await timesWithin(exact, range, 10)).length, 2);
  assert.equal(await firstFrom(three, range.to), undefined);
});

test('a rule that never comes round ends the search', async () => {
  const never = repeat('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', '2026-11-23T09:00');
  assert.equal(await firstFrom(never, never.start), undefined);
});

test('the last day of a month and leap days are kept', async () => {
  const last = repeat('FREQ=MONTHLY;BYMONTHDAY=-1', '2026-01-31T18:00');
  const noon = { hour: 12, minute: 0, second: 0 };
  const from = instantOf({ year: 2028, month: 2, day: 1, ...noon }, 'Europe/Berlin');
  const first = await firstFrom(last, from);
  assert.equal(
    first === undefined ? '' : isoTime(first, 'Europe/Berlin').slice(0, 10),
    '2028-02-29',
  );
});

test('rules are read with and without their name, and what is not kept is refused', () => {
  assert.equal(readRule('RRULE:FREQ=DAILY;INTERVAL=2'), 'FREQ=DAILY;INTERVAL=2');
  assert.equal(readRule('freq=weekly;byday=mo,we'), 'FREQ=WEEKLY;BYDAY=MO,WE');
  const refused = [
    'FREQ=SECONDLY',
    'FREQ=MINUTELY',
    'every day',
    'FREQ=DAILY;FREQ=WEEKLY',
    'FREQ=DAILY;INTERVAL=0',
    'FREQ=DAILY;COUNT=0',
    'FREQ=DAILY\nEXDATE:20260101',
    'BYDAY=MO',
    '',
  ];
  for (const rule of refused) assert.equal(readRule(rule), undefined, rule);
  assert.equal(readRule('FREQ=MINUTELY;INTERVAL=30'), 'FREQ=MINUTELY;INTERVAL=30');
});

test('a rule is written in words', async () => {
  const words: readonly (readonly [string, string])[] = [
    ['FREQ=DAILY', 'every day'],
    ['FREQ=WEEKLY', 'every week'],
    ['FREQ=WEEKLY;INTERVAL=2', 'every 2 weeks'],
    ['FREQ=WEEKLY;BYDAY=MO,WE', 'every week on Monday and Wednesday'],
    ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', 'every weekday'],
    ['FREQ=MONTHLY;BYMONTHDAY=1', 'every month on the 1st day of the month'],
    ['FREQ=HOURLY;INTERVAL=3', 'every 3 hours'],
    ['FREQ=YEARLY', 'every year'],
    ['FREQ=DAILY;UNTIL=20261231', 'every day'],
  ];
  for (const [rule, text] of words) assert.equal(await ruleText(rule), text);
});
