import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { instantOf, isoTime, readTime } from '@opencomputer/plugin/time';
import { fromText, occurrencesOf, toText } from './event.ts';
import type { CalendarEvent } from './event.ts';

const timeZone = 'Europe/Berlin';

function at(text: string, zone = timeZone): number {
  return readTime(text, zone)?.instant ?? Number.NaN;
}

function event(start: string, end: string, more: Partial<CalendarEvent> = {}): CalendarEvent {
  const times = { start: at(start), end: at(end), allDay: false, timeZone, skipped: [] };
  return { id: 'e1', title: 'Dentist', ...times, ...more };
}

async function starts(of: CalendarEvent, from: string, to: string): Promise<readonly string[]> {
  const found = await occurrencesOf(of, { from: at(from), to: at(to) });
  return found.map((each) => isoTime(each.start, timeZone).slice(0, 16));
}

test('what is written as a VEVENT is read back the same', () => {
  const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Sydney', 'UTC');
  const instant = fc
    .integer({ min: 1_700_000_000, max: 2_000_000_000 })
    .map((seconds) => seconds * 1000);
  fc.assert(
    fc.property(
      fc.record({ zone, instant, minutes: fc.integer({ min: 0, max: 5_000 }) }),
      fc.record({ title: fc.string({ unit: 'grapheme', minLength: 1 }), where: fc.string() }),
      (time, { title, where }) => {
        const written: CalendarEvent = {
          id: 'e1',
          title: title.replaceAll(/[\r\0]/g, ' '),
          where: where.replaceAll(/[\r\0]/g, ' '),
          start: time.instant,
          end: time.instant + time.minutes * 60_000,
          allDay: false,
          timeZone: time.zone,
          skipped: [],
        };
        const read = fromText(toText(written, 0), 'Asia/Tokyo');
        assert.deepEqual({ ...read, timeZone: time.zone }, written);
      },
    ),
    { numRuns: 200 },
  );
});

test('a repeating event keeps its zone, rule and skipped times', () => {
  const weekly = event('2026-11-23T10:00', '2026-11-23T11:00', {
    rule: 'FREQ=WEEKLY;BYDAY=MO',
    skipped: [at('2026-11-30T10:00')],
    where: 'Main St 5; 2nd floor, left',
  });
  assert.deepEqual(fromText(toText(weekly, 0), 'Asia/Tokyo'), weekly);
});

test('whole days are days wherever the person is', () => {
  const day = event('2026-11-23', '2026-11-24', { allDay: true });
  const text = toText(day, 0);
  assert.match(text, /DTSTART;VALUE=DATE:20261123/);
  const elsewhere = fromText(text, 'America/New_York');
  assert.equal(elsewhere.start, at('2026-11-23', 'America/New_York'));
  assert.equal(elsewhere.end, at('2026-11-24', 'America/New_York'));
});

test('a range has what touches it and not what only meets its ends', async () => {
  const one = event('2026-11-23T10:00', '2026-11-23T11:00');
  assert.deepEqual(await starts(one, '2026-11-23T10:30', '2026-11-23T12:00'), ['2026-11-23T10:00']);
  assert.deepEqual(await starts(one, '2026-11-23T11:00', '2026-11-23T12:00'), []);
  assert.deepEqual(await starts(one, '2026-11-23T09:00', '2026-11-23T10:00'), []);
  const point = event('2026-11-23T10:00', '2026-11-23T10:00');
  assert.deepEqual(await starts(point, '2026-11-23T10:00', '2026-11-23T11:00'), [
    '2026-11-23T10:00',
  ]);
});

test('a repeating event is at its wall time across a change of the clocks, but for the skipped', async () => {
  const weekly = event('2026-10-19T10:00', '2026-10-19T11:00', {
    rule: 'FREQ=WEEKLY',
    skipped: [at('2026-11-02T10:00')],
  });
  assert.deepEqual(await starts(weekly, '2026-10-19', '2026-11-10'), [
    '2026-10-19T10:00',
    '2026-10-26T10:00',
    '2026-11-09T10:00',
  ]);
});

test('a repeat that began before the range and reaches into it is found', async () => {
  const night = event('2026-11-20T22:00', '2026-11-21T06:00', { rule: 'FREQ=DAILY' });
  assert.deepEqual(await starts(night, '2026-11-23', '2026-11-23T12:00'), ['2026-11-22T22:00']);
});

test('whole days that repeat end with the day, however long it is', async () => {
  const daily = event('2026-10-24', '2026-10-25', { allDay: true, rule: 'FREQ=DAILY' });
  const range = { from: at('2026-10-25'), to: at('2026-10-26') };
  const [long] = await occurrencesOf(daily, range);
  assert.equal(
    long?.end,
    instantOf({ year: 2026, month: 10, day: 26, hour: 0, minute: 0, second: 0 }, timeZone),
  );
});
