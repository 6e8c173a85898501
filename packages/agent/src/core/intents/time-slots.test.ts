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

function fill(
  text: string,
  types: Record<string, SlotDeclaration['type']>,
): Record<string, unknown> {
  const slots = Object.fromEntries(
    Object.entries(types).map(([name, type]) => [name, { type, required: false, after: [] }]),
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
