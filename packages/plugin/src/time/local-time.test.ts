import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  clockText,
  dayStart,
  dayText,
  daysBetween,
  instantOf,
  isoTime,
  readTime,
  timeText,
  wallFromMs,
  wallTime,
} from './local-time.ts';

const zones = [
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
  'America/St_Johns',
  'UTC',
];
const zone = fc.constantFrom(...zones);
const from = Date.UTC(1995, 0, 1);
const to = Date.UTC(2037, 11, 31);
const second = fc.integer({ min: from / 1000, max: to / 1000 }).map((value) => value * 1000);

/** Instants within two days of a change of the clocks, where mistakes would be. */
const nearChange = fc
  .record({
    zone,
    year: fc.integer({ min: 2020, max: 2030 }),
    offset: fc.integer({ min: 0, max: 365 }),
  })
  .map((pick) => {
    const start = Temporal.Instant.fromEpochMilliseconds(Date.UTC(pick.year, 0, pick.offset));
    const change = start.toZonedDateTimeISO(pick.zone).getTimeZoneTransition('next');
    return { zone: pick.zone, at: change?.epochMilliseconds ?? start.epochMilliseconds };
  });

function oracle(wall: ReturnType<typeof wallTime>, timeZone: string): number {
  return Temporal.PlainDateTime.from({ ...wall }).toZonedDateTime(timeZone).epochMilliseconds;
}

test('a wall time is what Temporal says it is, in any zone', () => {
  fc.assert(
    fc.property(second, zone, (at, timeZone) => {
      const expected = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
      const wall = wallTime(at, timeZone);
      assert.equal(wall.hour, expected.hour);
      assert.equal(wall.day, expected.day);
      assert.equal(wall.second, expected.second);
    }),
  );
});

test('an instant of a wall time is what Temporal says it is, around each change of the clocks', () => {
  fc.assert(
    fc.property(nearChange, fc.integer({ min: -172_800, max: 172_800 }), (change, shift) => {
      const wall = wallFromMs(Math.floor(change.at / 1000) * 1000 + shift * 1000);
      assert.equal(instantOf(wall, change.zone), oracle(wall, change.zone));
    }),
    { numRuns: 500 },
  );
});

test('the start of a day is what Temporal says it is', () => {
  fc.assert(
    fc.property(nearChange, fc.integer({ min: -3, max: 3 }), (change, days) => {
      const there = Temporal.Instant.fromEpochMilliseconds(change.at).toZonedDateTimeISO(
        change.zone,
      );
      assert.equal(
        dayStart(change.at, change.zone, days),
        there.add({ days }).startOfDay().epochMilliseconds,
      );
    }),
  );
});

test('what is written as ISO 8601 is read back as the same instant', () => {
  fc.assert(
    fc.property(second, zone, (at, timeZone) => {
      const text = isoTime(at, timeZone);
      assert.deepEqual(readTime(text, 'UTC'), { instant: at, dateOnly: false });
      assert.equal(Temporal.Instant.from(text).epochMilliseconds, at);
    }),
  );
});

test('a time without an offset is the person’s wall time, and a date is its first instant', () => {
  assert.equal(readTime('2026-11-23T09:00', 'Europe/Berlin')?.instant, Date.UTC(2026, 10, 23, 8));
  assert.deepEqual(readTime('2026-11-23', 'America/New_York'), {
    instant: Date.UTC(2026, 10, 23, 5),
    dateOnly: true,
  });
});

test('times that do not exist are not read', () => {
  for (const text of [
    '2026-02-30',
    '2026-13-01',
    'tomorrow',
    '2026-11-23T25:00',
    '1969-01-01',
    '',
  ]) {
    assert.equal(readTime(text, 'UTC'), undefined, text);
  }
});

test('a skipped time moves on by the gap and a repeated one is the first', () => {
  const berlin = (month: number, day: number, hour: number): number =>
    instantOf({ year: 2026, month, day, hour, minute: 30, second: 0 }, 'Europe/Berlin');
  assert.equal(isoTime(berlin(3, 29, 2), 'Europe/Berlin'), '2026-03-29T03:30:00+02:00');
  assert.equal(isoTime(berlin(10, 25, 2), 'Europe/Berlin'), '2026-10-25T02:30:00+02:00');
});

test('days are counted by the calendar, not by 24 hours', () => {
  const now = Date.UTC(2026, 2, 28, 22, 59);
  assert.equal(clockText(now, 'Europe/Berlin'), '23:59');
  assert.equal(daysBetween(now, now + 60_000, 'Europe/Berlin'), 1);
  assert.equal(daysBetween(now, now + 23.1 * 3_600_000, 'Europe/Berlin'), 2);
});

test('a day is written for people', () => {
  const present = { now: Date.UTC(2026, 10, 22, 23, 59), timeZone: 'UTC' };
  const text = (month: number, day: number, year = 2026): string =>
    dayText(Date.UTC(year, month - 1, day, 9), present);
  assert.equal(text(11, 22), 'today');
  assert.equal(text(11, 23), 'tomorrow (Mon 23 Nov)');
  assert.equal(text(11, 21), 'yesterday (Sat 21 Nov)');
  assert.equal(text(11, 27), 'Fri 27 Nov');
  assert.equal(text(1, 1, 2027), 'Fri 1 Jan 2027');
  assert.equal(timeText(Date.UTC(2026, 10, 23, 9), present), 'tomorrow (Mon 23 Nov) at 09:00');
});
