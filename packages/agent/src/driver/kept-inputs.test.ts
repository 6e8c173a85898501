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
async function twoOpen({ driver }: Bench): Promise<{ first: string; second: string }> {
  const first = await readUntil(driver.send(message('one')), 'model-start');
  assert.equal(first.type, 'model-start');
  const second = await readUntil(driver.send(message('two')), 'turn-start');
  const [open] = [...(await driver.turns('c1'))];
  assert.equal(open, undefined);
  return { first: '', second: second.turn };
}

test('a cancel of a turn that waits is kept over a crash', async (context) => {
  let alive = false;
  const bench = await open(context, { script: () => (alive ? [words('done')] : 'silence') });
  const { second } = await twoOpen(bench);
  await bench.driver.act({ type: 'cancel', turn: second, reason: 'changed my mind' });
  alive = true;
  const next = bench.again();
  await next.resume();
  await next.stop(60_000);
  assert.deepEqual(
    (await next.turns('c1')).map(({ status, reply }) => [status, reply]),
    [
      ['done', 'done'],
      ['cancelled', 'Stopped: changed my mind.'],
    ],
  );
});

test('words for a turn that waits are kept over a crash, once, also when it crashes again', async (context) => {
  let alive = false;
  const bench = await open(context, {
    script: ({ messages }) =>
      alive || JSON.stringify(messages).includes('two') ? 'silence' : 'silence',
  });
  const { second } = await twoOpen(bench);
  await bench.driver.act({ type: 'steer', turn: second, text: 'in French' });
  const again = bench.again();
  await again.resume();
  const [one] = await bench.mailbox.open();
  await again.act({ type: 'cancel', turn: one?.id ?? '', reason: 'next' });
  while (!JSON.stringify(bench.requests.at(-1)?.messages).includes('French')) {
    await new Promise(setImmediate);
  }
  alive = true;
  const asked = bench.requests.length;
  const last = bench.again();
  await last.resume();
  void last.stop(60_000);
  while (bench.requests.length === asked) await new Promise(setImmediate);
  const said = JSON.stringify(bench.requests.at(-1)?.messages);
  assert.equal(said.split('French').length - 1, 1);
});

test('what is said while the turn begins reaches it', async (context) => {
  const bench = await open(context, { script: () => 'silence' });
  const { ports, database } = bench;
  const writing = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const write: Database['write'] = async (statements, options) => {
    if (statements.some(({ parameters }) => parameters.includes('input-keep'))) {
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
});
