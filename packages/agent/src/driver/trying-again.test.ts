import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { AgentError } from '@opencomputer/contracts';
import type { Database } from '@opencomputer/contracts/internal';
import { createFakeClock, readParts } from '@opencomputer/testkit';
import type { FakeClock } from '@opencomputer/testkit';
import * as channels from '../channels/index.ts';
import * as core from '../core/index.ts';
import * as plugins from '../plugins/index.ts';
import * as policy from '../policy/index.ts';
import * as store from '../store/index.ts';
import { createDriver } from './driver.ts';
import type { Driver } from './driver-port.ts';
import { message, openBench, words } from './fixtures/bench.ts';
import type { Bench, BenchOptions } from './fixtures/bench.ts';
import { failuresMax, storeAgainMs } from './trying-again.ts';

interface Failing extends Bench {
  readonly driver: Driver;
  readonly clock: FakeClock;
  /** What each further write of a turn is refused with; absent: none is. */
  refuse(code?: 'STORE_FULL' | 'STORE_FAILED'): void;
}

/** A driver over a store whose writes about turns fail when told so; messages are accepted. */
async function open(
  context: TestContext,
  options: Partial<BenchOptions> = {},
  isAlsoKept = false,
): Promise<Failing> {
  const clock = createFakeClock();
  const folders = { channels, core, plugins, policy, store };
  const bench = await openBench(context, folders, { clock, ...options });
  const { ports, database } = bench;
  let code: 'STORE_FULL' | 'STORE_FAILED' | undefined;
  const write: Database['write'] = async (...given) => {
    if (code === undefined) return database.write(...given);
    if (isAlsoKept) await database.write(...given);
    throw new AgentError(code, { problem: 'planted' });
  };
  const log = { ...ports.log, database: { query: database.query, write } };
  const driver = createDriver({ ...ports, log });
  context.after(() => driver.stop(0));
  return { ...bench, driver, clock, refuse: (next) => (code = next) };
}

const until = async (isDone: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isDone())) await new Promise(setImmediate);
};

test('after a full disk the messages of a conversation are answered in their order', async (context) => {
  const { driver, clock, refuse } = await open(context, { script: () => [words('fine')] });
  refuse('STORE_FULL');
  const first = readParts(driver.send(message('first')));
  await assert.rejects(first, { code: 'STORE_FULL' });
  refuse();
  const second = readParts(driver.send(message('second')));
  await until(() => clock.waits.length > 0);
  for (let round = 0; round < 50; round += 1) await new Promise(setImmediate);
  clock.forward(clock.waits[0] ?? 0);
  await second;
  assert.deepEqual(
    (await driver.turns('c1')).map(({ text }) => text),
    ['first', 'second'],
  );
});

test('a store that stays broken is tried every few seconds, and it is told that turns wait', async (context) => {
  const { driver, clock, refuse, reports } = await open(context, {
    script: () => [words('fine')],
  });
  assert.equal(driver.held(), undefined);
  refuse('STORE_FAILED');
  await assert.rejects(readParts(driver.send(message('first'))), { code: 'STORE_FAILED' });
  const waits: number[] = [];
  for (let tries = 1; tries <= 8; tries += 1) {
    await until(() => reports.length === tries - 1 && clock.waits.length === 1);
    waits.push(clock.waits[0] ?? 0);
    assert.deepEqual(driver.held(), { turns: 1, problem: 'The database failed: planted.' });
    clock.forward(clock.waits[0] ?? 0);
  }
  assert.deepEqual(new Set(waits), new Set([storeAgainMs]));
  refuse();
  await until(() => clock.waits.length === 1);
  clock.forward(storeAgainMs);
  await until(() => driver.held() === undefined);
});

test('a fault before the turn is recorded is tried again a few times, then set aside and told of', async (context) => {
  let tries = 0;
  const { driver, clock, mailbox } = await open(context, {
    understand: () => {
      tries += 1;
      throw new TypeError('planted');
    },
  });
  await assert.rejects(readParts(driver.send(message('odd'))), /planted/);
  for (let count = 1; count < failuresMax; count += 1) {
    await until(() => clock.waits.length === 1);
    clock.forward(clock.waits[0] ?? 0);
  }
  await until(async () => (await mailbox.parked('ann')).length === 1);
  assert.equal(tries, failuresMax);
  assert.deepEqual(await mailbox.open(), []);
  const [notice] = await mailbox.waiting('ann');
  assert.match(notice?.text ?? '', /"odd".*planted.*agent pending retry/s);
});

test('a fault that passes is not said twice, and the next message waits for it', async (context) => {
  let tries = 0;
  const { driver, clock, mailbox, ports } = await open(context, { script: () => [words('fine')] });
  const faulty = {
    ...ports.core,
    understand: (...given: Parameters<typeof ports.core.understand>) => {
      tries += 1;
      if (tries === 1) throw new TypeError('planted');
      return ports.core.understand(...given);
    },
  };
  const next = createDriver({ ...ports, core: faulty });
  await assert.rejects(readParts(next.send(message('odd'))), /planted/);
  const second = readParts(next.send(message('even')));
  await until(() => clock.waits.length === 1);
  clock.forward(clock.waits[0] ?? 0);
  await second;
  assert.deepEqual(
    (await driver.turns('c1')).map(({ text, reply }) => [text, reply]),
    [
      ['odd', 'fine'],
      ['even', 'fine'],
    ],
  );
  assert.deepEqual(
    (await mailbox.waiting('ann')).map(({ text }) => text),
    ['fine'],
  );
});

test('a stop does not wait for what is to be tried again, and leaves it to the next start', async (context) => {
  const { driver, again, clock, refuse, mailbox } = await open(context, {
    script: () => [words('fine')],
  });
  refuse('STORE_FULL');
  await assert.rejects(readParts(driver.send(message('first'))), { code: 'STORE_FULL' });
  await until(() => clock.waits.length === 1);
  await driver.stop(60_000);
  assert.deepEqual(clock.waits, []);
  assert.equal((await mailbox.open()).length, 1);
  assert.equal(await again().resume(), 1);
});
