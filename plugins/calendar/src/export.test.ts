import assert from 'node:assert/strict';
import { test } from 'node:test';
import ICAL from 'ical.js';
import { runHandler, temporaryStorage } from '@opencomputer/plugin';
import { calendarText } from './export.ts';
import { fromText } from './event.ts';
import type { CalendarEvent } from './event.ts';
import { storeEvent } from './stored-event.ts';
import { tools } from './tools.ts';

const now = Date.UTC(2026, 10, 22);
const weekly: CalendarEvent = {
  id: 'weekly',
  title: 'Standup, with "quotes"; and more',
  start: Date.UTC(2026, 10, 23, 8),
  end: Date.UTC(2026, 10, 23, 9),
  allDay: false,
  timeZone: 'Europe/Berlin',
  rule: 'FREQ=WEEKLY;BYDAY=MO',
  skipped: [Date.UTC(2026, 10, 30, 8)],
};

test('the file has its zone once and each event as it is kept', () => {
  const second = { ...weekly, id: 'second' };
  const text = calendarText(
    [weekly, second].map((each) => storeEvent(each, now)),
    now,
  );
  const calendar = ICAL.Component.fromString(text);
  assert.equal(calendar.getAllSubcomponents('vtimezone').length, 1);
  const events = calendar.getAllSubcomponents('vevent');
  assert.deepEqual(
    events.map((each) => fromText(each.toString(), 'UTC')),
    [weekly, second],
  );
  for (const line of text.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, line);
});

test('a range exports what takes place in it', async () => {
  const storage = await temporaryStorage();
  try {
    const call = (tool: string, input: Record<string, string>): ReturnType<typeof runHandler> =>
      runHandler(tools, { tool, input, now, timeZone: 'Europe/Berlin', storage });
    await call('calendar_create', { title: 'Dentist', start: '2026-11-23T10:00' });
    await call('calendar_create', { title: 'Rome', start: '2026-12-01', end: '2026-12-04' });
    const all = await call('calendar_export', {});
    assert.match(all.text, /SUMMARY:Dentist[^]*SUMMARY:Rome/);
    const december = await call('calendar_export', { from: '2026-12-01', to: '2026-12-31' });
    assert.ok(december.status === 'done' && !december.text.includes('Dentist'));
    const january = await call('calendar_export', { from: '2027-01-01' });
    assert.equal(january.status, 'refused');
  } finally {
    await storage.remove();
  }
});
