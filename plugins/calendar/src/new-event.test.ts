import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@opencomputer/contracts';
import { person, said } from './fixtures/person.ts';

test('an event can have a length, an end, a place, whole days and repeats', async () => {
  const ask = await person('2026-11-22T15:10');
  const title = 'X';
  const cases: readonly (readonly [JsonObject, string])[] = [
    [{ start: '2026-11-24T10:00', duration: 'PT45M' }, 'Tue 24 Nov, 10:00–10:45: X'],
    [{ start: '2026-11-24T10:00', end: '2026-11-24T12:30', where: 'Rome' }, '10:00–12:30: X, Rome'],
    [{ start: '2026-12-05' }, 'Sat 5 Dec, all day: X'],
    [{ start: '2026-12-05', end: '2026-12-07' }, 'Sat 5 Dec to Mon 7 Dec: X'],
    [
      { start: '2026-12-01T09:00', repeat: 'FREQ=WEEKLY;BYDAY=MO' },
      'Mon 7 Dec, 09:00–10:00: X, every week on Monday',
    ],
  ];
  for (const [input, text] of cases) {
    const created = await said(ask('create', { title, ...input }));
    assert.ok(created.includes(text), created);
  }
});

test('what cannot be kept is refused and nothing is written', async () => {
  const ask = await person('2026-11-22T15:10');
  const start = '2026-11-24T10:00';
  for (const input of [
    { title: ' ', start },
    { title: 'X', start: 'soon' },
    { title: 'X', start, end: '2026-11-24T09:00' },
    { title: 'X', start, duration: 'long' },
    { title: 'X', start, end: '2030-01-01' },
    { title: 'X', start, repeat: 'FREQ=SECONDLY' },
  ]) {
    await said(ask('create', input), 'refused');
  }
  await said(ask('export'), 'refused');
});

test('a retry with the same key creates once', async () => {
  const ask = await person('2026-11-22T15:10');
  const input = { title: 'Dentist', start: '2026-11-23T10:00' };
  const first = await ask('create', input, 'key');
  assert.deepEqual(await ask('create', input, 'key'), first);
  const listed = await said(ask('list', { from: '2026-11-23' }));
  assert.equal(listed.split('Dentist').length, 2);
});

test('an event that overlaps is created and says so', async () => {
  const ask = await person('2026-11-22T15:10');
  await ask('create', { title: 'Dentist', start: '2026-11-23T10:00' });
  assert.match(
    await said(ask('create', { title: 'Lunch', start: '2026-11-23T10:30' })),
    /\nIt overlaps with Dentist \(10:00–11:00\)\.$/,
  );
});

test('a title is as it stands in a calendar', async () => {
  const ask = await person('2026-11-22T15:10');
  const titles = {
    'a haircut': 'Haircut',
    'my  dentist': 'Dentist',
    'iPad class': 'iPad class',
    'The Who': 'The Who',
  };
  for (const [title, kept] of Object.entries(titles)) {
    const text = await said(ask('create', { title, start: '2026-11-25T08:00' }));
    assert.ok(text.split('\n')[0]?.endsWith(`: ${kept}`), text);
  }
});
