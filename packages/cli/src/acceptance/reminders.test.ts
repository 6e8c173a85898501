import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AgentService } from '@opencomputer/contracts/internal';
import { createFakeClock, endOf, partsOf, readParts } from '@opencomputer/testkit';
import { openTestAgent, temporaryFolder, typed } from './fixtures/open-agent.ts';

const clock = createFakeClock(Date.UTC(2026, 0, 1));
const reports: string[] = [];
const directory = temporaryFolder({ after });
let agent: AgentService;

before(async () => {
  agent = await openTestAgent({ directory, clock }, reports);
});
after(async () => {
  await agent.stop();
  assert.deepEqual(reports, []);
});

/** A plugin that died would hold up every case, since this clock starts it again never. */
const caseMsMax = 20_000;

const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Tokyo'];

/** Days of local wall clocks, in order: a week, an evening's end, and the days around each change. */
const days: readonly (readonly [string, readonly string[]])[] = [
  ['2026-02-02', ['08:00', '23:59']],
  ['2026-02-03', ['12:00']],
  ['2026-02-04', ['00:00']],
  ['2026-02-05', ['09:00']],
  ['2026-02-06', ['18:30']],
  ['2026-02-07', ['23:59']],
  ['2026-02-08', ['07:00']],
  ['2026-03-07', ['20:00', '23:59']],
  ['2026-03-08', ['00:30', '03:30', '23:59']],
  ['2026-03-28', ['20:00', '23:59']],
  ['2026-03-29', ['00:30', '03:30', '23:59']],
  ['2026-10-24', ['20:00', '23:59']],
  ['2026-10-25', ['00:30', '02:30', '23:59']],
  ['2026-10-31', ['20:00', '23:59']],
  ['2026-11-01', ['00:30', '01:30', '23:59']],
  ['2026-12-31', ['23:59']],
];

interface Moment {
  readonly zone: string;
  readonly now: Temporal.ZonedDateTime;
}

/** In the order in which the world goes through them. */
const moments: readonly Moment[] = days
  .flatMap(([day, times]) =>
    times.flatMap((time) =>
      zones.map((zone) => {
        const wall = Temporal.PlainDateTime.from(`${day}T${time}`);
        return { zone, now: wall.toZonedDateTime(zone) };
      }),
    ),
  )
  .toSorted((one, other) => Temporal.ZonedDateTime.compare(one.now, other.now));

async function say(text: string, zone: string): Promise<ReturnType<typeof readParts>> {
  const parts = await readParts(agent.send(typed(text, { timeZone: zone })));
  const { status, text: reply, usage } = endOf(parts);
  assert.equal(status, 'done', reply);
  assert.deepEqual([usage.inputTokens, partsOf(parts, 'model-start')], [0, []], 'no model');
  return parts;
}

for (const [index, { zone, now }] of moments.entries()) {
  const weekday = now.toLocaleString('en', { weekday: 'long' });
  const local = now.toPlainDateTime().toString({ smallestUnit: 'minute' });
  test(`"tomorrow at 9" on ${weekday} ${local} in ${zone}`, { timeout: caseMsMax }, async () => {
    clock.set(now.epochMilliseconds);
    const name = `Bob${String.fromCodePoint(65 + (index % 26))}${Math.trunc(index / 26)}`;
    const due = now.add({ days: 1 }).withPlainTime('09:00');

    const created = await say(`remind me tomorrow at 9 to call ${name}`, zone);
    const [end] = partsOf(created, 'tool-end');
    const timers = end?.outcome.status === 'done' ? end.outcome.timers : [];
    assert.deepEqual(
      timers?.map(({ at }) => at),
      [due.epochMilliseconds],
    );
    assert.match(endOf(created).text, new RegExp(`tomorrow .*09:00.*call ${name}`));

    const listed = endOf(await say('what are my reminders', zone)).text;
    assert.match(listed, new RegExp(`tomorrow .*09:00: call ${name}`));

    const planned = endOf(await say('what is on my calendar tomorrow', zone)).text;
    assert.match(planned, new RegExp(`09:00 call ${name} \\(reminder\\)`));
    const today = endOf(await say('what is on my calendar today', zone)).text;
    assert.doesNotMatch(today, new RegExp(name));
  });
}
