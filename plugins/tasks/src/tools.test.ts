import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { JsonObject, ToolOutcome } from '@opencomputer/contracts';
import { runHandler, temporaryStorage } from '@opencomputer/plugin';
import type { TemporaryStorage } from '@opencomputer/plugin';
import {
  DAY_MS,
  dayStart,
  instantOf,
  isoTime,
  timeText,
  wallTime,
} from '@opencomputer/plugin/time';
import { tools } from './tools.ts';

const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Sydney'];
const opened: TemporaryStorage[] = [];
after(() => Promise.all(opened.map((storage) => storage.remove())));

interface Person {
  now: number;
  readonly timeZone: string;
  ask(tool: string, input?: JsonObject, key?: string): Promise<ToolOutcome>;
}

/** A person with storage of their own at a wall time such as `2026-11-22T23:59`. */
async function person(local: string, timeZone = 'Europe/Berlin'): Promise<Person> {
  const storage = await temporaryStorage();
  opened.push(storage);
  const numbers = local.split(/\D/).map(Number);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = numbers;
  const self: Person = {
    now: instantOf({ year, month, day, hour, minute, second: 0 }, timeZone),
    timeZone,
    ask: (tool, input = {}, key) =>
      runHandler(tools, {
        tool: `tasks_${tool}`,
        input,
        now: self.now,
        timeZone,
        storage,
        ...(key === undefined ? {} : { idempotencyKey: key }),
      }),
  };
  return self;
}

function nine(now: number, timeZone: string, days: number): number {
  const { year, month, day } = wallTime(dayStart(now, timeZone, days), timeZone);
  return instantOf({ year, month, day, hour: 9, minute: 0, second: 0 }, timeZone);
}

function done(outcome: ToolOutcome): Extract<ToolOutcome, { status: 'done' }> {
  assert.equal(outcome.status, 'done', outcome.text);
  return outcome;
}

const changes: Readonly<Record<string, readonly string[]>> = {
  'Europe/Berlin': ['2026-03-28', '2026-03-29', '2026-10-24', '2026-10-25'],
  'America/New_York': ['2026-03-07', '2026-03-08', '2026-10-31', '2026-11-01'],
  'Australia/Sydney': ['2026-04-04', '2026-04-05', '2026-10-03', '2026-10-04'],
};

for (const timeZone of zones) {
  const week = [16, 17, 18, 19, 20, 21, 22].map((day) => `2026-11-${day}`);
  for (const day of [...week, ...(changes[timeZone] ?? [])]) {
    for (const clock of ['00:00', '08:30', '23:59']) {
      test(`tomorrow at 9 is right on ${day} at ${clock} in ${timeZone}`, async () => {
        const someone = await person(`${day}T${clock}`, timeZone);
        const at = nine(someone.now, timeZone, 1);
        const added = done(
          await someone.ask('add', { text: 'call Bob', at: isoTime(at, timeZone) }),
        );
        assert.deepEqual(
          added.timers?.map((timer) => timer.at),
          [at],
        );
        assert.match(added.text, /tomorrow \(\w{3} \d+ \w{3}\) at 09:00: call Bob$/);
        const listed = done(await someone.ask('list', { kind: 'reminders' }));
        assert.equal(listed.text, `**Reminders**\n- ${timeText(at, someone)}: call Bob`);
        const range = {
          from: isoTime(dayStart(someone.now, timeZone, 1), timeZone),
          to: isoTime(dayStart(someone.now, timeZone, 2), timeZone),
        };
        assert.match(done(await someone.ask('list', range)).text, /call Bob/);
        const same = done(
          await someone.ask('list', { range: { start: range.from, end: range.to } }),
        );
        assert.equal(same.text, listed.text);
        const today = { from: isoTime(dayStart(someone.now, timeZone), timeZone) };
        assert.match(done(await someone.ask('list', today)).text, /no open tasks .* today/);
      });
    }
  }
}

test('a retry with the same key adds once and answers the same', async () => {
  const someone = await person('2026-11-22T15:00');
  const input = { text: 'call Bob', at: '2026-11-23T09:00:00+01:00' };
  const first = await someone.ask('add', input, 'key');
  assert.deepEqual(await someone.ask('add', input, 'key'), first);
  const { data } = done(await someone.ask('list'));
  assert.equal((data as { items: unknown[] }).items.length, 1);
});

test('a task without a time has no timer and is listed under tasks', async () => {
  const someone = await person('2026-11-22T15:00');
  const added = done(await someone.ask('add', { text: ' buy\n milk ' }));
  assert.equal(added.text, 'Added to your tasks: buy milk');
  assert.deepEqual(added.timers, []);
  assert.equal(done(await someone.ask('list')).text, '**Tasks**\n- buy milk');
  assert.equal(
    done(await someone.ask('list', { kind: 'reminders' })).text,
    'You have no reminders.',
  );
});

test('completing and removing take the timer away', async () => {
  for (const verb of ['complete', 'remove']) {
    const someone = await person('2026-11-22T15:00');
    const added = done(await someone.ask('add', { text: 'call Bob', at: '2026-11-23T09:00' }));
    const settled = done(await someone.ask(verb, { query: 'the call with bob' }));
    assert.deepEqual(settled.timers, [{ id: added.timers?.[0]?.id }]);
    assert.equal(done(await someone.ask('list')).text, 'You have no open tasks or reminders.');
  }
});

test('words that fit two tasks are refused with both, and an id settles it', async () => {
  const someone = await person('2026-11-22T15:00');
  await someone.ask('add', { text: 'water the plants' });
  const second = done(await someone.ask('add', { text: 'water the plants' }));
  const asked = await someone.ask('complete', { query: 'plants' });
  assert.equal(asked.status, 'refused');
  assert.match(asked.text, /Which one.*\n- water the plants \[[0-9a-f]{12}\]\n- water/);
  const { id } = second.data as { id: string };
  assert.equal(done(await someone.ask('complete', { query: id })).text, 'Done: water the plants');
});

test('what is not found is refused, with the nearest and with what was done already', async () => {
  const someone = await person('2026-11-22T15:00');
  await someone.ask('add', { text: 'pay the electricity bill' });
  const near = await someone.ask('complete', { query: 'pay the rent bill' });
  assert.equal(near.status, 'refused');
  assert.match(near.text, /no task or reminder "pay the rent bill". Do you mean:\n- pay the elec/);
  await someone.ask('complete', { query: 'electricity bill' });
  const again = await someone.ask('complete', { query: 'electricity bill' });
  assert.match(again.text, /was done already, today at 15:00/);
  assert.match(
    (await someone.ask('remove', { query: 'walk the dog' })).text,
    /no task or reminder/,
  );
});

test('a fired reminder is over, and one that repeats gets its next time', async () => {
  const someone = await person('2026-10-24T08:00');
  const at = '2026-10-24T09:00';
  const once = done(await someone.ask('add', { text: 'call Bob', at }));
  const daily = done(await someone.ask('add', { text: 'take pills', at, repeat: 'FREQ=DAILY' }));
  assert.match(daily.text, /^I'll remind you every day, first today at 09:00: take pills$/);
  someone.now = nine(someone.now, someone.timeZone, 0);
  const first = done(await someone.ask('fired', { id: once.timers?.[0]?.id ?? '' }));
  assert.deepEqual([first.text, first.timers], ['Reminder: call Bob', []]);
  const id = daily.timers?.[0]?.id ?? '';
  const next = done(await someone.ask('fired', { id }));
  assert.deepEqual(
    next.timers?.map((timer) => timer.at),
    [nine(someone.now, someone.timeZone, 1)],
  );
  const repeated = done(await someone.ask('fired', { id }));
  assert.deepEqual(repeated.timers, next.timers);
  assert.equal(repeated.text, 'Nothing is due.');
});

test('a reminder that fires days late comes once and goes on from now', async () => {
  const someone = await person('2026-11-22T08:00');
  const added = done(
    await someone.ask('add', { text: 'stretch', at: '2026-11-22T09:00', repeat: 'FREQ=DAILY' }),
  );
  someone.now += 5 * DAY_MS;
  const late = done(await someone.ask('fired', { id: added.timers?.[0]?.id ?? '' }));
  assert.deepEqual(
    late.timers?.map((timer) => timer.at),
    [nine(someone.now, someone.timeZone, 0)],
  );
});

test('completing what repeats goes on to its next time', async () => {
  const someone = await person('2026-11-22T15:00');
  await someone.ask('add', { text: 'stretch', at: '2026-11-23T09:00', repeat: 'FREQ=DAILY' });
  const settled = done(await someone.ask('complete', { query: 'stretch' }));
  assert.equal(settled.text, 'Done: stretch. Next Tue 24 Nov at 09:00.');
});

test('a time that has passed is refused and nothing is kept', async () => {
  const someone = await person('2026-11-22T15:00');
  const late = await someone.ask('add', { text: 'call Bob', at: '2026-11-22T09:00:00+01:00' });
  assert.equal(late.status, 'refused');
  assert.equal(done(await someone.ask('list')).text, 'You have no open tasks or reminders.');
});

test('the host gets the timers of open reminders, a hundred at a time, and of nothing else', async () => {
  const someone = await person('2026-11-22T08:00');
  await someone.ask('add', { text: 'no time' });
  for (let day = 0; day < 101; day += 1) {
    const at = isoTime(nine(someone.now, someone.timeZone, day + 1), someone.timeZone);
    await someone.ask('add', { text: `number ${day}`, at }, `key ${day}`);
  }
  await someone.ask('remove', { query: 'number 100' });
  const first = done(await someone.ask('timers')).timers ?? [];
  assert.equal(first.length, 100);
  const rest = done(await someone.ask('timers', { after: first.at(-1)?.id ?? '' })).timers;
  assert.deepEqual(rest, []);
  assert.equal(new Set(first.map(({ at }) => at)).size, 100);
  assert.ok(first.every(({ text }) => text?.startsWith('Reminder: number')));
});
