import assert from 'node:assert/strict';
import { test } from 'node:test';
import { person, said } from './fixtures/person.ts';

test('moving keeps the length, the day or the time as asked', async () => {
  const ask = await person('2026-11-22T15:10');
  await ask('create', { title: 'Dentist', start: '2026-11-25T10:00', duration: 'PT45M' });
  const moved = (start: string): Promise<string> =>
    said(ask('move', { query: 'my dentist appointment', start }));
  assert.equal(
    await moved('2026-11-26'),
    'Moved: Dentist, now Thu 26 Nov, 10:00–10:45 (was Wed 25 Nov, 10:00–10:45).',
  );
  assert.match(await moved('16:00'), /now Thu 26 Nov, 16:00–16:45/);
  assert.match(
    await moved('2026-11-23T09:00:00+01:00'),
    /now tomorrow \(Mon 23 Nov\), 09:00–09:45/,
  );
});

test('moving one time of a series leaves the others', async () => {
  const ask = await person('2026-11-22T15:10');
  await ask('create', { title: 'Standup', start: '2026-11-23T09:00', repeat: 'FREQ=DAILY' });
  const text = await said(ask('move', { query: 'standup', start: '11:00', from: '2026-11-24' }));
  assert.match(text, /now Tue 24 Nov, 11:00–12:00 .*The other times stay/);
  const listed = await said(ask('list', { from: '2026-11-23', to: '2026-11-25' }));
  assert.deepEqual(listed.match(/\d\d:\d\d–\d\d:\d\d/g), [
    '09:00–10:00',
    '11:00–12:00',
    '09:00–10:00',
  ]);
});

test('removing takes one time of a series, or all of it', async () => {
  const ask = await person('2026-11-22T15:10');
  await ask('create', { title: 'Standup', start: '2026-11-23T09:00', repeat: 'FREQ=DAILY' });
  assert.match(
    await said(ask('remove', { query: 'standup' })),
    /^Removed: Standup, tomorrow .*The other times stay as they are\.$/,
  );
  assert.match(await said(ask('list', { from: '2026-11-23' })), /nothing/);
  assert.match(await said(ask('list', { from: '2026-11-24' })), /Standup/);
  assert.match(await said(ask('remove', { query: 'standup', series: true })), /all its repeats/);
  assert.match(await said(ask('list', { from: '2026-11-24' })), /nothing/);
});

test('words that fit two events are refused with both; a day or an id settles it', async () => {
  const ask = await person('2026-11-22T15:10');
  await ask('create', { title: 'Meeting with Bob', start: '2026-11-23T10:00' });
  const second = await ask('create', { title: 'Lunch with Bob', start: '2026-11-24T12:00' });
  const asked = await said(ask('move', { query: 'bob', start: '16:00' }), 'refused');
  assert.match(asked, /^Which one.*\n- tomorrow.*: Meeting with Bob \[\w+\]\n- Tue 24 Nov/);
  assert.equal(second.status, 'done');
  const { id } = (second.status === 'done' ? second.data : {}) as { id: string };
  assert.match(await said(ask('move', { query: id, start: '13:00' })), /Lunch with Bob, now Tue/);
  const day = { query: 'bob', from: '2026-11-23' };
  assert.match(await said(ask('remove', day)), /^Removed: Meeting with Bob/);
});

test('what is not there is refused, with the nearest', async () => {
  const ask = await person('2026-11-22T15:10');
  await ask('create', { title: 'Budget review', start: '2026-11-23T10:00' });
  const text = await said(ask('remove', { query: 'salary review' }), 'refused');
  assert.match(text, /no event "salary review". Do you mean:\n- tomorrow .*Budget review/);
  assert.match(await said(ask('remove', { query: 'gym' }), 'refused'), /no event "gym"\.$/);
  const past = { query: 'budget review', from: '2026-11-20' };
  assert.match(await said(ask('remove', past), 'refused'), /at that time/);
});
