import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isoTime, readTime } from '@opencomputer/plugin/time';
import { isOneDay, rangeAround, readDuration, readNewStart, readRange } from './asked-time.ts';

const timeZone = 'America/New_York';
const present = { now: at('2026-11-22T15:10'), timeZone };

function at(text: string): number {
  return readTime(text, timeZone)?.instant ?? Number.NaN;
}

function shown(range: { from: number; to: number } | undefined): readonly string[] {
  return range === undefined
    ? []
    : [range.from, range.to].map((each) => isoTime(each, timeZone).slice(0, 16));
}

test('durations are read and empty ones are not', () => {
  assert.equal(readDuration('PT45M'), 45 * 60_000);
  assert.equal(readDuration('PT1H30M'), 90 * 60_000);
  assert.equal(readDuration('P1D'), 86_400_000);
  assert.equal(readDuration('p1w'), 7 * 86_400_000);
  for (const text of ['PT0M', 'P', 'PT', '45', 'an hour', '-PT5M']) {
    assert.equal(readDuration(text), undefined, text);
  }
});

test('a new day keeps the time and a new time keeps the day, also across a change of the clocks', () => {
  const moved = (text: string): string => {
    const current = { start: at('2026-10-30T09:30'), allDay: false };
    const read = readNewStart(text, current, timeZone);
    return read === undefined ? '' : isoTime(read.instant, timeZone);
  };
  assert.equal(moved('2026-11-02'), '2026-11-02T09:30:00-05:00');
  assert.equal(moved('16:00'), '2026-10-30T16:00:00-04:00');
  assert.equal(moved('T08:15'), '2026-10-30T08:15:00-04:00');
  assert.equal(moved('2026-11-02T11:00:00-05:00'), '2026-11-02T11:00:00-05:00');
  assert.equal(moved('25:00'), '');
  assert.equal(moved('later'), '');
});

test('a range is the days that it names', () => {
  assert.deepEqual(shown(readRange({ from: '2026-11-23' }, present)), [
    '2026-11-23T00:00',
    '2026-11-24T00:00',
  ]);
  assert.deepEqual(shown(readRange({ from: '2026-11-23', to: '2026-11-27' }, present)), [
    '2026-11-23T00:00',
    '2026-11-28T00:00',
  ]);
  assert.deepEqual(shown(readRange({}, present)), ['2026-11-22T00:00', '2026-11-29T00:00']);
  assert.deepEqual(shown(readRange({ to: '2026-11-22T18:00' }, present)), [
    '2026-11-22T00:00',
    '2026-11-22T18:00',
  ]);
  assert.deepEqual(shown(readRange({ from: '2026-11-23', to: '2026-11-20' }, present)), []);
  assert.deepEqual(shown(readRange({ from: 'whenever' }, present)), []);
});

test('a range in one value is the same as its two ends', () => {
  const ends = { start: '2026-11-23T00:00:00-05:00', end: '2026-11-24T00:00:00-05:00' };
  assert.deepEqual(
    readRange({ range: ends }, present),
    readRange({ from: ends.start, to: ends.end }, present),
  );
});

test('a day with 25 hours is one day', () => {
  const range = readRange({ from: '2026-11-01' }, present);
  assert.ok(range !== undefined && isOneDay(range, timeZone));
  assert.equal(range.to - range.from, 25 * 3_600_000);
  assert.equal(isOneDay({ from: range.from, to: range.to - 1 }, timeZone), false);
});

test('a day is looked at as a whole and a time as a moment', () => {
  assert.deepEqual(shown(rangeAround('2026-11-23', timeZone)), [
    '2026-11-23T00:00',
    '2026-11-24T00:00',
  ]);
  assert.deepEqual(shown(rangeAround('2026-11-23T15:00', timeZone)), [
    '2026-11-23T15:00',
    '2026-11-23T15:01',
  ]);
  assert.equal(rangeAround('soon', timeZone), undefined);
});
