import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@opencomputer/contracts';
import fc from 'fast-check';
import { clockText, dayStart, isoTime, readTime, wallTime } from '@opencomputer/plugin/time';
import { person, said } from './fixtures/person.ts';

const week = [16, 17, 18, 19, 20, 21, 22].map((day) => `2026-11-${day}`);
const changes: Readonly<Record<string, readonly string[]>> = {
  'Europe/Berlin': ['2026-03-28', '2026-03-29', '2026-10-24', '2026-10-25'],
  'America/New_York': ['2026-03-07', '2026-03-08', '2026-10-31', '2026-11-01'],
  'Australia/Sydney': ['2026-04-04', '2026-04-05', '2026-10-03', '2026-10-04'],
};

for (const [timeZone, days] of Object.entries(changes)) {
  for (const day of [...week, ...days]) {
    test(`tomorrow at 10 is right on ${day} in ${timeZone}, also at 23:59`, async () => {
      for (const clock of ['00:00', '15:10', '23:59']) {
        const ask = await person(`${day}T${clock}`, timeZone);
        const now = readTime(`${day}T${clock}`, timeZone)?.instant ?? Number.NaN;
        const date = isoTime(dayStart(now, timeZone, 1), timeZone).slice(0, 10);
        assert.match(
          await said(ask('create', { title: 'Dentist', start: `${date}T10:00` })),
          /^Added to your calendar: tomorrow \(\w{3} \d+ \w{3}\), 10:00–11:00: Dentist$/,
        );
        assert.match(
          await said(ask('list', { from: date })),
          /^\*\*Tomorrow \(\w{3} \d+ \w{3}\)\*\*\n- 10:00–11:00 Dentist$/,
        );
        assert.match(
          await said(ask('free', { from: date })),
          /^You are free tomorrow \(.*\): 09:00–10:00, 11:00–18:00\.$/,
        );
        assert.match(await said(ask('list', { from: day })), /nothing on your calendar today/);
      }
    });
  }
}

test('reminders of the tasks service stand among the events', async () => {
  const asked: JsonObject[] = [];
  const ask = await person('2026-11-22T15:10', 'Europe/Berlin', (service, operation, input) => {
    assert.deepEqual([service, operation], ['tasks', 'list']);
    asked.push(input);
    const items = [{ text: 'call Bob', at: '2026-11-23T09:00:00+01:00' }, { text: 7 }, null];
    return Promise.resolve({ status: 'done', text: '', data: { items } });
  });
  await ask('create', { title: 'Dentist', start: '2026-11-23T10:00' });
  assert.equal(
    await said(ask('list', { from: '2026-11-23' })),
    '**Tomorrow (Mon 23 Nov)**\n- 09:00 call Bob (reminder)\n- 10:00–11:00 Dentist',
  );
  assert.deepEqual(asked, [
    {
      kind: 'reminders',
      from: '2026-11-23T00:00:00+01:00',
      to: '2026-11-24T00:00:00+01:00',
    },
  ]);
});

test('without a tasks service the calendar answers alone, and a broken one is named', async () => {
  const alone = await person('2026-11-22T15:10');
  assert.equal(
    await said(alone('list', { from: '2026-11-23' })),
    'There is nothing on your calendar tomorrow (Mon 23 Nov).',
  );
  const broken = await person('2026-11-22T15:10', 'Europe/Berlin', () =>
    Promise.resolve({ status: 'failed', code: 'PLUGIN_CRASHED', text: 'it stopped' }),
  );
  assert.match(await said(broken('list')), /reminders could not be read/);
});

test('free hours are answered with yes, or with what is in the way', async () => {
  const ask = await person('2026-11-22T15:10');
  const hours = { from: '2026-11-23T14:00', to: '2026-11-23T16:00' };
  assert.equal(
    await said(ask('free', hours)),
    'Yes, you are free tomorrow (Mon 23 Nov), 14:00–16:00.',
  );
  await ask('create', { title: 'Dentist', start: '2026-11-23T14:30', duration: 'PT30M' });
  assert.equal(
    await said(ask('free', hours)),
    'No, not all of tomorrow (Mon 23 Nov), 14:00–16:00:\n' +
      '- tomorrow (Mon 23 Nov), 14:30–15:00: Dentist\nFree then: 14:00–14:30, 15:00–16:00.',
  );
  await said(ask('free', { from: '2026-11-20' }), 'refused');
});

test('free days name each day, never the time before now, and a length is kept', async () => {
  const ask = await person('2026-11-23T16:50');
  await ask('create', { title: 'Workshop', start: '2026-11-24T09:00', end: '2026-11-24T17:15' });
  await ask('create', { title: 'Holiday', start: '2026-11-25' });
  const range = { from: '2026-11-23', to: '2026-11-25', duration: 'PT1H' };
  assert.equal(
    await said(ask('free', range)),
    'You are free:\n- today: 17:00–18:00\n- Wed 25 Nov: 09:00–18:00' +
      '\nAlso on your calendar: Holiday (Wed 25 Nov, all day).',
  );
  assert.match(
    await said(ask('free', { from: '2026-11-24', duration: 'PT2H' })),
    /no 120 minutes free tomorrow/,
  );
});

test('free time never overlaps an event, whatever is in the calendar', async () => {
  const minute = fc.integer({ min: 0, max: 3 * 24 * 60 });
  const shape = fc.record({
    at: minute,
    length: fc.integer({ min: 1, max: 300 }),
    daily: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(shape, { minLength: 1, maxLength: 5 }), async (shapes) => {
      const timeZone = 'Europe/Berlin';
      const ask = await person('2026-10-23T15:10', timeZone);
      const base = readTime('2026-10-24', timeZone)?.instant ?? 0;
      for (const { at, length, daily } of shapes) {
        const start = isoTime(base + at * 60_000, timeZone);
        const repeat = daily ? { repeat: 'FREQ=DAILY' } : {};
        await said(ask('create', { title: 'x', start, duration: `PT${length}M`, ...repeat }));
      }
      const range = { from: '2026-10-24', to: '2026-10-27' };
      const free = await ask('free', range);
      const listed = await ask('list', range);
      assert.ok(free.status === 'done' && listed.status === 'done');
      const { slots } = free.data as unknown as { slots: { from: string; to: string }[] };
      const { events } = listed.data as unknown as { events: { start: string; end: string }[] };
      assert.ok(events.length > 0);
      const ms = (text: string): number => readTime(text, timeZone)?.instant ?? Number.NaN;
      for (const slot of slots) {
        assert.ok(wallTime(ms(slot.from), timeZone).hour >= 9);
        assert.ok(clockText(ms(slot.to), timeZone) <= '18:00');
        for (const event of events) {
          assert.ok(ms(event.end) <= ms(slot.from) || ms(event.start) >= ms(slot.to));
        }
      }
    }),
    { numRuns: 15 },
  );
});
