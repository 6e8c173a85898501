import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { TimerChange } from '@opencomputer/contracts';
import type { Store } from '../store/index.ts';
import { openStore } from '../store/index.ts';
import { workflowMigrations } from './tables.ts';
import { checkMsMax, createTimers } from './timers.ts';
import type { DueTimer, Timers } from './timers.ts';

class ManualClock {
  time = 1_000_000;
  #waiting: { at: number; run: () => void }[] = [];
  now = (): number => this.time;
  monotonic = (): number => this.time;
  after = (delayMs: number, run: () => void): (() => void) => {
    const entry = { at: this.time + delayMs, run };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((one) => one !== entry);
    };
  };
  /** The wait that was asked for, if any. */
  next(): number | undefined {
    return this.#waiting[0] && this.#waiting[0].at - this.time;
  }
  forward(ms: number): void {
    this.time += ms;
    const due = this.#waiting.filter(({ at }) => at <= this.time);
    this.#waiting = this.#waiting.filter(({ at }) => at > this.time);
    for (const { run } of due) run();
  }
}

interface Bench {
  /** While set, a firing tells that it begins, and one of the plugin `tasks` waits. */
  readonly hold: { begin?: () => void; until?: Promise<void> };
  readonly clock: ManualClock;
  readonly timers: Timers;
  readonly fired: DueTimer[];
  readonly reports: string[];
  /** Damages the rows that are due at an instant. */
  alter(at: number): Promise<void>;
  set(changes: readonly TimerChange[], plugin?: string): Promise<void>;
  again(follow?: (timer: DueTimer) => readonly TimerChange[]): Timers;
  settled(): Promise<void>;
}

async function bench(
  context: TestContext,
  fail: { times: number; failing?: RegExp } = { times: 0 },
): Promise<Bench> {
  const path = await mkdtemp(join(tmpdir(), 'timers-'));
  const clock = new ManualClock();
  const store: Store = await openStore({
    path,
    command: 'test',
    migrations: workflowMigrations,
    clock,
  });
  context.after(async () => {
    await store.close();
    await rm(path, { recursive: true });
  });
  const fired: DueTimer[] = [];
  const reports: string[] = [];
  const hold: Bench['hold'] = {};
  const { database, sealing } = store;
  const make = (follow: (timer: DueTimer) => readonly TimerChange[] = () => []): Timers =>
    createTimers({
      database,
      sealing,
      clock,
      fire: async (timer) => {
        hold.begin?.();
        if (timer.plugin === 'tasks') await hold.until;
        if (fail.times > 0 && (fail.failing ?? /./).test(timer.id)) {
          fail.times -= 1;
          throw new Error('planned');
        }
        return { statements: [], changes: follow(timer) };
      },
      fired: (timer) => fired.push(timer),
      report: (error, about) => reports.push(`${about}: ${String(error)}`),
    });
  const timers = make();
  return {
    hold,
    clock,
    timers,
    fired,
    reports,
    alter: async (at) => {
      const sql = 'update timers set payload = zeroblob(40) where at = ?';
      await database.write([{ sql, parameters: [at] }]);
    },
    set: async (changes, plugin = 'tasks') => {
      const owner = { person: 'ann', plugin, conversation: 'c' };
      await database.write(await timers.keep(owner, changes));
    },
    again: make,
    settled: () => timers.start(),
  };
}

test('a timer fires once when it is due, with its own words', async (context) => {
  const { clock, timers, fired, set, settled } = await bench(context);
  await set([{ id: 'r1', at: clock.now() + 5_000, text: 'call Bob' }]);
  await timers.start();
  assert.deepEqual(fired, []);
  assert.equal(clock.next(), 5_000);
  clock.forward(5_000);
  await settled();
  await settled();
  assert.deepEqual(
    fired.map(({ id, text, person }) => [id, text, person]),
    [['r1', 'call Bob', 'ann']],
  );
});

test('what was due while nothing ran fires at the next start, in order', async (context) => {
  const { clock, fired, set, again } = await bench(context);
  await set([
    { id: 'late', at: clock.now() + 2_000, text: 'b' },
    { id: 'early', at: clock.now() + 1_000, text: 'a' },
  ]);
  clock.forward(60_000);
  await again().start();
  await again().start();
  assert.deepEqual(
    fired.map(({ id }) => id),
    ['early', 'late'],
  );
});

test('a timer set again is moved, and one without a time is removed', async (context) => {
  const { clock, timers, fired, set } = await bench(context);
  await set([
    { id: 'a', at: clock.now() + 1_000, text: 'old' },
    { id: 'b', at: clock.now() + 1_000, text: 'gone' },
  ]);
  await set([{ id: 'a', at: clock.now() + 9_000, text: 'new' }, { id: 'b' }]);
  clock.forward(2_000);
  await timers.start();
  assert.deepEqual(fired, []);
  clock.forward(8_000);
  await timers.start();
  assert.deepEqual(
    fired.map(({ text }) => text),
    ['new'],
  );
});

test('a repeating timer sets its next one in the commit that fires it', async (context) => {
  const { clock, fired, set, again } = await bench(context);
  await set([{ id: 'daily', at: clock.now() + 1_000, text: 'water' }]);
  const timers = again(({ id, at, text }) => [{ id, at: at + 86_400_000, text }]);
  clock.forward(1_000);
  await timers.start();
  assert.equal(fired.length, 1);
  clock.forward(86_400_000);
  await timers.start();
  assert.equal(fired.length, 2);
});

test('a firing that fails is tried again and is not lost', async (context) => {
  const { clock, timers, fired, set } = await bench(context, { times: 1 });
  await set([{ id: 'x', at: clock.now(), text: 'again' }]);
  await timers.start();
  assert.deepEqual(fired, []);
  assert.equal(clock.next(), 5_000);
  clock.forward(5_000);
  await timers.start();
  assert.equal(fired.length, 1);
});

test('the clock is looked at again soon, so that a jump of it is noticed', async (context) => {
  const { clock, timers, set } = await bench(context);
  await set([{ id: 'far', at: clock.now() + 10 * 86_400_000, text: 'far' }]);
  await timers.start();
  assert.equal(clock.next(), checkMsMax);
});

test('stopping waits for the firing that had begun, and begins no other', async (context) => {
  const { clock, timers, fired, set, hold, settled } = await bench(context);
  await set([
    { id: 'a', at: clock.now(), text: 'begun' },
    { id: 'b', at: clock.now() + 1, text: 'not begun' },
  ]);
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  Object.assign(hold, { begin: begun.resolve, until: gate.promise });
  clock.forward(1);
  const working = timers.start();
  await begun.promise;
  let stopped = false;
  const stopping = timers.stop().then(() => (stopped = true));
  await new Promise(setImmediate);
  assert.equal(stopped, false);
  gate.resolve();
  await Promise.all([working, stopping]);
  assert.equal(fired.length, 1);
  await settled();
  assert.deepEqual(
    fired.map(({ text }) => text),
    ['begun', 'not begun'],
  );
});

test('a plugin that is slow to say what comes next does not hold up the timers of another', async (context) => {
  const { clock, timers, fired, set, hold } = await bench(context);
  await set([{ id: 'slow', at: clock.now(), text: 'slow' }]);
  await set([{ id: 'quick', at: clock.now() + 1, text: 'quick' }], 'calendar');
  const gate = Promise.withResolvers<void>();
  hold.until = gate.promise;
  clock.forward(1);
  const working = timers.start();
  for (let round = 0; round < 1_000 && fired.length === 0; round += 1) {
    await new Promise(setImmediate);
  }
  const meanwhile = fired.map(({ id }) => id);
  gate.resolve();
  await working;
  assert.deepEqual(meanwhile, ['quick']);
  assert.equal(fired.length, 2);
});

test('timers that cannot be fired, however many, do not hold up those behind them', async (context) => {
  const { clock, timers, fired, set } = await bench(context, { times: 1_000, failing: /^bad/ });
  const bad = Array.from({ length: 205 }, (_, index) => ({ id: `bad${index}`, at: clock.now() }));
  await set([...bad, { id: 'good', at: clock.now() + 1_000, text: 'call Bob' }]);
  clock.forward(1_000);
  await timers.start();
  assert.deepEqual(
    fired.map(({ id }) => id),
    ['good'],
  );
});

test('a timer whose row was altered is told of once; the others fire', async (context) => {
  const { clock, timers, fired, set, reports, alter } = await bench(context);
  const at = clock.now();
  await set([
    { id: 'altered', at, text: 'a' },
    { id: 'whole', at: at + 1, text: 'b' },
  ]);
  await alter(at);
  clock.forward(1);
  await timers.start();
  assert.equal(clock.next(), checkMsMax);
  clock.forward(checkMsMax);
  await timers.start();
  assert.deepEqual(
    fired.map(({ id }) => id),
    ['whole'],
  );
  assert.equal(reports.length, 1);
  assert.match(reports[0] ?? '', /altered/);
  await set([{ id: 'altered', at, text: 'set again' }]);
  await timers.start();
  assert.equal(fired.at(-1)?.text, 'set again');
});

test('a timer that failed is tried again in time for the next one', async (context) => {
  const { clock, timers, set } = await bench(context, { times: 1 });
  await set([
    { id: 'x', at: clock.now() },
    { id: 'y', at: clock.now() + 2_000 },
  ]);
  await timers.start();
  assert.equal(clock.next(), 2_000);
});

test('how late a timer may be is kept with it', async (context) => {
  const { clock, timers, fired, set } = await bench(context);
  await set([
    { id: 'a', at: clock.now() - 1, text: 'x', lateMsMax: 60_000 },
    { id: 'b', at: clock.now() },
  ]);
  await timers.start();
  assert.deepEqual(
    fired.map(({ lateMsMax }) => lateMsMax),
    [60_000, undefined],
  );
});

test('a clock that jumps ahead, or a machine that slept, is noticed at the next look', async (context) => {
  const { clock, timers, fired, set, settled } = await bench(context);
  await set([{ id: 'a', at: clock.now() + 8 * 3_600_000, text: 'x' }]);
  await timers.start();
  const wait = clock.next() ?? Infinity;
  assert.ok(wait <= 30_000);
  clock.forward(8 * 3_600_000);
  await settled();
  assert.equal(fired.length, 1);
});
