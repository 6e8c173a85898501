import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SlotDeclaration } from '@opencomputer/contracts';
import { parseChronoDates } from './chrono-dates.ts';
import type { Filling } from './filling.ts';
import { planSlots } from './slots.ts';
import { fillDurations, fillTimes } from './time-slots.ts';

const context = {
  now: Date.parse('2026-05-06T10:20:00Z'),
  timeZone: 'Europe/Berlin',
  parseDates: parseChronoDates,
};

interface Declared {
  readonly type: SlotDeclaration['type'];
  readonly required: boolean;
  readonly after: readonly string[];
}

function fill(
  text: string,
  declared: Readonly<Record<string, SlotDeclaration['type'] | Declared>>,
): Record<string, unknown> {
  const slots = Object.fromEntries(
    Object.entries(declared).map(([name, slot]) => [
      name,
      typeof slot === 'string'
        ? { type: slot, required: false, after: [] }
        : { ...slot, after: [...slot.after] },
    ]),
  );
  const filling: Filling = { text, plan: planSlots(slots, []), slots: {}, used: [] };
  fillTimes(filling, context);
  fillDurations(filling);
  return Object.fromEntries(
    Object.entries(filling.slots).map(([name, { value }]) => [name, value]),
  );
}

test('each type gets its own form of the same mention', () => {
  assert.deepEqual(fill('tomorrow at 9', { at: 'datetime' }), { at: '2026-05-07T09:00:00+02:00' });
  assert.deepEqual(fill('tomorrow at 9', { on: 'date' }), { on: '2026-05-07' });
  assert.deepEqual(fill('tomorrow', { range: 'date-range' }), {
    range: { start: '2026-05-07T00:00:00+02:00', end: '2026-05-08T00:00:00+02:00' },
  });
});

test('a day without a time is the day alone, and a part of it is a time', () => {
  assert.deepEqual(fill('on friday', { at: 'datetime' }), { at: '2026-05-08' });
  assert.deepEqual(fill('every monday', { at: 'datetime' }), { at: '2026-05-11' });
  assert.deepEqual(fill('friday evening', { at: 'datetime' }), {
    at: '2026-05-08T19:00:00+02:00',
  });
});

test('what is moved keeps the day or the hour that was not said', () => {
  const moved = (text: string): Record<string, unknown> =>
    fill(text, {
      start: { type: 'datetime', required: true, after: ['to'] },
      from: { type: 'datetime', required: false, after: ['from'] },
    });
  assert.deepEqual(moved('to 4pm'), { start: '16:00' });
  assert.deepEqual(moved('push the standup to 10:30'), { start: '10:30' });
  assert.deepEqual(moved('to friday'), { start: '2026-05-08' });
  assert.deepEqual(moved('from monday to tuesday'), { start: '2026-05-12', from: '2026-05-11' });
  assert.deepEqual(moved('the 3pm to 4pm'), {
    start: '16:00',
    from: '2026-05-06T15:00:00+02:00',
  });
});

test('the hour of an end is on the day of the start', () => {
  const event = {
    start: { type: 'datetime', required: true, after: [] },
    end: { type: 'datetime', required: false, after: ['until'] },
  } as const;
  assert.deepEqual(fill('on friday at noon until 2 for lunch', event), {
    start: '2026-05-08T12:00:00+02:00',
    end: '2026-05-08T14:00:00+02:00',
  });
});

test('a duration is not taken from what a time has used', () => {
  const types = { at: 'datetime', length: 'duration' } as const;
  assert.deepEqual(fill('in 20 minutes', types), { at: '2026-05-06T12:40:00+02:00' });
  assert.deepEqual(fill('in 20 minutes for an hour', types), {
    at: '2026-05-06T12:40:00+02:00',
    length: 'PT1H',
  });
  assert.deepEqual(fill('two hours tomorrow at 9', types), {
    at: '2026-05-07T09:00:00+02:00',
    length: 'PT2H',
  });
});

test('without slots of time nothing is taken', () => {
  assert.deepEqual(fill('tomorrow at 9', { text: 'text' }), {});
});
