import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTime } from '@opencomputer/plugin/time';
import { ENTRIES_MAX, agendaText, rangeText, whenText } from './agenda.ts';
import type { CalendarEvent, Occurrence } from './event.ts';

const timeZone = 'Europe/Berlin';
const present = { now: at('2026-11-22T15:10'), timeZone };
const week = { from: at('2026-11-23'), to: at('2026-11-28') };

function at(text: string): number {
  return readTime(text, timeZone)?.instant ?? Number.NaN;
}

function occurrence(start: string, end: string, more: Partial<CalendarEvent> = {}): Occurrence {
  const times = { start: at(start), end: at(end) };
  const event = { id: 'e', title: 'Dentist', allDay: false, timeZone, skipped: [], ...times };
  return { event: { ...event, ...more }, ...times };
}

test('a time is written with its day, and with both days when it ends on another', () => {
  const when = (start: string, end: string, allDay = false): string =>
    whenText({ start: at(start), end: at(end), allDay }, present);
  assert.equal(when('2026-11-23T10:00', '2026-11-23T11:00'), 'tomorrow (Mon 23 Nov), 10:00–11:00');
  assert.equal(when('2026-11-22T23:00', '2026-11-23T00:00'), 'today, 23:00–00:00');
  assert.equal(
    when('2026-11-24T22:00', '2026-11-25T06:00'),
    'Tue 24 Nov 22:00 to Wed 25 Nov 06:00',
  );
  assert.equal(when('2026-11-24', '2026-11-25', true), 'Tue 24 Nov, all day');
  assert.equal(when('2026-11-24', '2026-11-27', true), 'Tue 24 Nov to Thu 26 Nov');
  assert.equal(when('2026-11-24T08:00', '2026-11-24T08:00'), 'Tue 24 Nov at 08:00');
});

test('a range is written as its day, its hours or its days', () => {
  const text = (from: string, to: string): string =>
    rangeText({ from: at(from), to: at(to) }, present);
  assert.equal(text('2026-11-23', '2026-11-24'), 'tomorrow (Mon 23 Nov)');
  assert.equal(text('2026-11-23T18:00', '2026-11-23T22:00'), 'tomorrow (Mon 23 Nov), 18:00–22:00');
  assert.equal(text('2026-11-22', '2026-11-29'), 'from today to Sat 28 Nov');
});

test('an agenda goes day by day with places and reminders in order', () => {
  const text = agendaText(
    [
      occurrence('2026-11-23T10:00', '2026-11-23T11:00', { where: 'Main St' }),
      occurrence('2026-11-24', '2026-11-25', { allDay: true, title: 'Mum’s birthday' }),
    ],
    [{ text: 'call Bob', at: at('2026-11-23T09:00') }],
    { range: week, present },
  );
  assert.equal(
    text,
    '**Tomorrow (Mon 23 Nov)**\n- 09:00 call Bob (reminder)\n- 10:00–11:00 Dentist (Main St)' +
      '\n\n**Tue 24 Nov**\n- all day: Mum’s birthday',
  );
});

test('what began before the range stands on its first day', () => {
  const text = agendaText(
    [
      occurrence('2026-11-22T22:00', '2026-11-23T06:00', { title: 'Night shift' }),
      occurrence('2026-11-22', '2026-11-26', { allDay: true, title: 'Rome' }),
    ],
    [],
    { range: week, present },
  );
  assert.equal(
    text,
    '**Tomorrow (Mon 23 Nov)**\n- until 06:00 Night shift\n- all day to Wed 25 Nov: Rome',
  );
});

test('a long agenda is cut and says by how much', () => {
  const reminders = Array.from({ length: ENTRIES_MAX + 2 }, (_, index) => ({
    text: `r${index}`,
    at: week.from + index * 60_000,
  }));
  assert.match(agendaText([], reminders, { range: week, present }), /and 2 more\.$/);
});
