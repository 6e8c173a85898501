import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Database } from '@opencomputer/contracts/internal';
import { createFakeClock, endOf, readParts, readUntil } from '@opencomputer/testkit';
import * as channels from '../channels/index.ts';
import * as core from '../core/index.ts';
import * as plugins from '../plugins/index.ts';
import * as policy from '../policy/index.ts';
import * as store from '../store/index.ts';
import { createDriver } from './driver.ts';
import { message, openBench, words } from './fixtures/bench.ts';
import type { Bench, BenchOptions } from './fixtures/bench.ts';
import { keptInputsMax } from './kept-inputs.ts';

const open = (context: TestContext, options: Partial<BenchOptions> = {}): Promise<Bench> =>
  openBench(
    context,
    { channels, core, plugins, policy, store },
    { clock: createFakeClock(), ...options },
  );

/** Two messages of one conversation, of which the first never ends before a restart. */
async function twoOpen({ driver }: Bench): Promise<{ second: string }> {
  await readUntil(driver.send(message('one')), 'model-start');
  const second = await readUntil(driver.send(message('two')), 'turn-start');
  return { second: second.turn };
}

test('a cancel of a turn that waits is kept over a crash', async (context) => {
  let alive = false;
  const bench = await open(context, { script: () => (alive ? [words('done')] : 'silence') });
  const { second } = await twoOpen(bench);
  await bench.driver.act({ type: 'cancel', turn: second, reason: 'changed my mind' });
  alive = true;
  const next = bench.again();
  await next.resume();
  while ((await bench.mailbox.open()).length > 0) await new Promise(setImmediate);
  assert.deepEqual(
    (await next.turns('c1')).map(({ status, reply }) => [status, reply]),
    [
      ['done', 'done'],
      ['cancelled', 'Stopped: changed my mind.'],
    ],
  );
});

test('words for a turn that waits are kept over a crash, once, also when it crashes again', async (context) => {
  const bench = await open(context, { script: () => 'silence' });
  const { second } = await twoOpen(bench);
  await bench.driver.act({ type: 'steer', turn: second, text: 'in French' });
  const kept = async (): Promise<number> =>
    (await bench.journal.record(second)).filter(({ type }) => type === 'turn-steer').length;
  const again = bench.again();
  await again.resume();
  const [one] = await bench.mailbox.open();
  await again.act({ type: 'cancel', turn: one?.id ?? '', reason: 'next' });
  while ((await kept()) === 0) await new Promise(setImmediate);
  const asked = bench.requests.length;
  const last = bench.again();
  await last.resume();
  void last.stop(60_000);
  while (bench.requests.length === asked) await new Promise(setImmediate);
  assert.equal(await kept(), 1);
});

test('what is said while the turn begins reaches it', async (context) => {
  const bench = await open(context, { script: () => 'silence' });
  const { ports, database } = bench;
  const writing = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const write: Database['write'] = async (statements, options) => {
    const isCancel = statements[0]?.parameters.includes('turn-cancel') === true;
    if (isCancel && statements.length === 1) {
      writing.resolve();
      await held.promise;
    }
    return database.write(statements, options);
  };
  const log = { ...ports.log, database: { query: database.query, write } };
  const driver = createDriver({ ...ports, log });
  const one = await readUntil(driver.send(message('one')), 'turn-start');
  const second = readParts(driver.send(message('two')), (part) => {
    if (part.type !== 'turn-start') return;
    void driver.act({ type: 'cancel', turn: part.turn, reason: 'both' });
    void driver.act({ type: 'cancel', turn: one.turn, reason: 'both' });
  });
  await writing.promise;
  while (driver.running() > 0) await new Promise(setImmediate);
  held.resolve();
  assert.equal(endOf(await second).status, 'cancelled');
});

test('too much for one turn that waits is refused, and what was taken counts', async (context) => {
  const bench = await open(context, { script: () => 'silence' });
  const { second } = await twoOpen(bench);
  const say = (text: string): Promise<void> =>
    bench.driver.act({ type: 'steer', turn: second, text });
  for (let count = 0; count < keptInputsMax; count += 1) await say(`word ${count}`);
  await assert.rejects(say('one too many'), { code: 'SERVICE_BUSY' });
  const cancel = { type: 'cancel', turn: second, reason: 'enough' } as const;
  await bench.driver.act(cancel);
  await bench.driver.act(cancel);
  const rows = await bench.database.read<{ n: number }>({
    sql: `select count(*) as n from events where seq is null`,
    parameters: [],
  });
  assert.equal(Number(rows[0]?.n), keptInputsMax + 1, 'a second cancel says nothing new');
});
