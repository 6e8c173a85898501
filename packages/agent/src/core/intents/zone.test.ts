import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addDays,
  addMonths,
  daysBetween,
  instantOf,
  isoDay,
  toIso,
  wallTimeAt,
  weekdayOf,
} from './zone.ts';

const wall = (text: string) => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = text.split(/[-T:]/).map(Number);
  return { year, month, day, hour, minute, second: 0 };
};
const iso = (text: string, zone: string): string => toIso(instantOf(wall(text), zone), zone);

test('a wall-clock time gets the offset of its day', () => {
  assert.equal(iso('2026-01-15T09:00', 'Europe/Berlin'), '2026-01-15T09:00:00+01:00');
  assert.equal(iso('2026-07-15T09:00', 'Europe/Berlin'), '2026-07-15T09:00:00+02:00');
  assert.equal(iso('2026-07-15T09:00', 'America/New_York'), '2026-07-15T09:00:00-04:00');
  assert.equal(iso('2026-07-15T09:00', 'Asia/Kolkata'), '2026-07-15T09:00:00+05:30');
});

test('a time that the clock skips comes out later', () => {
  assert.equal(iso('2026-03-29T02:30', 'Europe/Berlin'), '2026-03-29T03:30:00+02:00');
  assert.equal(iso('2026-03-08T02:30', 'America/New_York'), '2026-03-08T03:30:00-04:00');
});

test('a time that occurs twice is its first occurrence', () => {
  assert.equal(iso('2026-10-25T02:30', 'Europe/Berlin'), '2026-10-25T02:30:00+02:00');
  assert.equal(iso('2026-11-01T01:30', 'America/New_York'), '2026-11-01T01:30:00-04:00');
});

test('an instant survives the way to the wall clock and back, but for the repeated hour', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'Australia/Lord_Howe', 'UTC'];
  fc.assert(
    fc.property(
      fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2060, 0) }),
      fc.constantFrom(...zones),
      (milliseconds, zone) => {
        const instant = Math.floor(milliseconds / 1000) * 1000;
        const back = instantOf(wallTimeAt(instant, zone), zone);
        assert.ok(back === instant || (back < instant && instant - back <= 3_600_000));
      },
    ),
    { numRuns: 60 },
  );
});

test('days and months are counted over their ends', () => {
  assert.equal(isoDay(addDays({ year: 2026, month: 12, day: 31 }, 1)), '2027-01-01');
  assert.equal(isoDay(addMonths({ year: 2026, month: 1, day: 31 }, 1)), '2026-02-28');
  assert.equal(weekdayOf({ year: 2026, month: 5, day: 6 }), 3);
  assert.equal(daysBetween({ year: 2026, month: 2, day: 28 }, { year: 2026, month: 3, day: 1 }), 1);
});

test('an unknown time zone throws RangeError', () => {
  assert.throws(() => wallTimeAt(0, 'Mars/Olympus'), RangeError);
});
