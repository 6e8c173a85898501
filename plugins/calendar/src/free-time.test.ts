import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isoTime, readTime } from '@opencomputer/plugin/time';
import { freeWithin, meansDays, windowsOf } from './free-time.ts';
import type { Interval } from './free-time.ts';

const timeZone = 'Europe/Berlin';
const minute = fc.integer({ min: 0, max: 2_000 });
const interval = fc
  .tuple(minute, fc.integer({ min: 0, max: 600 }))
  .map(([from, length]) => ({ from, to: from + length }));

function at(text: string): number {
  return readTime(text, timeZone)?.instant ?? Number.NaN;
}

function range(from: string, to: string): Interval {
  return { from: at(from), to: at(to) };
}

function shown(intervals: readonly Interval[]): readonly string[] {
  return intervals.map(({ from, to }) =>
    [from, to].map((each) => isoTime(each, timeZone).slice(5, 16)).join(' '),
  );
}

test('free time never overlaps a busy one, is within the windows and is long enough', () => {
  fc.assert(
    fc.property(fc.array(interval), fc.array(interval), minute, (windows, busy, length) => {
      for (const free of freeWithin(windows, busy, length)) {
        assert.ok(free.to > free.from && free.to - free.from >= length);
        assert.ok(windows.some((window) => window.from <= free.from && free.to <= window.to));
        assert.ok(
          !busy.some((each) => each.to > each.from && each.from < free.to && each.to > free.from),
        );
      }
    }),
  );
});

test('every minute of a window that nothing takes is free', () => {
  fc.assert(
    fc.property(interval, fc.array(interval), minute, (window, busy, moment) => {
      const inside = moment >= window.from && moment < window.to;
      const taken = busy.some((each) => moment >= each.from && moment < each.to);
      const free = freeWithin([window], busy, 1).some(
        (each) => moment >= each.from && moment < each.to,
      );
      assert.equal(free, inside && !taken);
    }),
  );
});

test('days are looked at from 09:00 to 18:00, also when the clocks change', () => {
  assert.deepEqual(shown(windowsOf(range('2026-03-28', '2026-03-30'), timeZone)), [
    '03-28T09:00 03-28T18:00',
    '03-29T09:00 03-29T18:00',
  ]);
  assert.deepEqual(shown(windowsOf(range('2026-10-25', '2026-10-26'), timeZone)), [
    '10-25T09:00 10-25T18:00',
  ]);
});

test('a range that begins within a day has the rest of it', () => {
  assert.deepEqual(shown(windowsOf(range('2026-11-23T15:00', '2026-11-25'), timeZone)), [
    '11-23T15:00 11-23T18:00',
    '11-24T09:00 11-24T18:00',
  ]);
});

test('a range of hours is taken as it is', () => {
  const evening = range('2026-11-23T19:00', '2026-11-23T22:00');
  assert.equal(meansDays(evening), false);
  assert.deepEqual(windowsOf(evening, timeZone), [evening]);
  assert.deepEqual(windowsOf(range('2026-11-23T19:00', '2026-11-23T19:00'), timeZone), []);
});

test('a very long range is looked at for two months', () => {
  assert.equal(windowsOf(range('2026-01-01', '2027-01-01'), timeZone).length, 62);
});
