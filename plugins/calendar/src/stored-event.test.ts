import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { instantOf } from '@opencomputer/plugin/time';
import { occurrencesOf } from './event.ts';
import type { CalendarEvent } from './event.ts';
import { occurrencesWithin, storeEvent } from './stored-event.ts';

const base = Date.UTC(2026, 10, 20);
const HOUR_MS = 3_600_000;

function event(hours: number, length: number, more: Partial<CalendarEvent>): CalendarEvent {
  const start = base + hours * HOUR_MS;
  const times = { start, end: start + length * HOUR_MS, allDay: false, timeZone: 'UTC' };
  return { id: `e${hours}-${length}`, title: 'x', skipped: [], ...times, ...more };
}

test('leaving out what cannot touch a range never changes what is found', async () => {
  const shape = fc.record({
    hours: fc.integer({ min: -300, max: 300 }),
    length: fc.integer({ min: 0, max: 60 }),
    rule: fc.constantFrom(undefined, 'FREQ=DAILY;COUNT=9', 'FREQ=WEEKLY'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(shape, { maxLength: 8 }), fc.nat(200), async (shapes, from) => {
      const events = shapes.map(({ hours, length, rule }) =>
        event(hours, length, rule === undefined ? {} : { rule }),
      );
      const range = { from: base + from * HOUR_MS, to: base + (from + 48) * HOUR_MS };
      const stored = events.map((each) => storeEvent(each, 0));
      const all = await Promise.all(events.map((each) => occurrencesOf(each, range)));
      const found = await occurrencesWithin(stored, range, 'UTC');
      assert.deepEqual(
        found.map((each) => each.start),
        all
          .flat()
          .map((each) => each.start)
          .toSorted((one, other) => one - other),
      );
    }),
    { numRuns: 60 },
  );
});

test('a whole day is found by the clock of where the person is now', async () => {
  const day = (date: number, zone: string): number =>
    instantOf({ year: 2026, month: 11, day: date, hour: 0, minute: 0, second: 0 }, zone);
  const birthday = event(0, 0, {
    allDay: true,
    timeZone: 'Pacific/Kiritimati',
    start: day(23, 'Pacific/Kiritimati'),
    end: day(24, 'Pacific/Kiritimati'),
  });
  const zone = 'America/Los_Angeles';
  const range = { from: day(23, zone), to: day(24, zone) };
  const found = await occurrencesWithin([storeEvent(birthday, 0)], range, zone);
  assert.deepEqual([found[0]?.start, found[0]?.end], [range.from, range.to]);
});

test('whole days come before events of the same start', async () => {
  const early = event(0, 1, { id: 'early' });
  const whole = event(0, 24, { id: 'whole', allDay: true });
  const range = { from: base, to: base + 24 * HOUR_MS };
  const found = await occurrencesWithin(
    [early, whole].map((each) => storeEvent(each, 0)),
    range,
    'UTC',
  );
  assert.deepEqual(
    found.map((each) => each.event.id),
    ['whole', 'early'],
  );
});
