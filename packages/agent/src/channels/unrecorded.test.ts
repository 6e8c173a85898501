import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentError } from '@opencomputer/contracts';
import { createFakeClock } from '@opencomputer/testkit';
import type { Database } from '@opencomputer/contracts/internal';
import type { FakeClock } from '@opencomputer/testkit';
import type { TestContext } from 'node:test';
import * as store from '../store/index.ts';
import { openDeliveryBench, until } from './fixtures/delivery-bench.ts';
import { createOutbox } from './outbox.ts';
import type { Outbox } from './outbox.ts';
import { Unrecorded } from './unrecorded.ts';

interface Failing {
  readonly clock: FakeClock;
  readonly outbox: Outbox;
  readonly unrecorded: Unrecorded;
  readonly reports: string[];
  /** The outbox of a later process. */
  readonly next: Outbox;
  put(text: string): Promise<string>;
  setFull(isFull: boolean): void;
}

async function open(context: TestContext): Promise<Failing> {
  const clock = createFakeClock();
  const { parts, put, reports } = await openDeliveryBench(context, { store, clock });
  let isFull = true;
  const database: Database = {
    ...parts.database,
    write: async (...given) => {
      if (isFull) throw new AgentError('STORE_FULL');
      return parts.database.write(...given);
    },
  };
  const unrecorded = new Unrecorded({ ...parts, database });
  return {
    clock,
    unrecorded,
    reports,
    outbox: createOutbox(database, parts.sealing, { unrecorded }),
    next: createOutbox(parts.database, parts.sealing),
    put: (text) => put(text, { channel: 'terminal' }),
    setFull: (value) => (isFull = value),
  };
}

const textsOf = async (outbox: Outbox): Promise<string[]> =>
  (await outbox.waiting('ann')).map(({ text }) => text);

test('what was delivered is not shown again while the store cannot record it, and is recorded later', async (context) => {
  const { clock, outbox, next, put, reports, setFull } = await open(context);
  const first = await put('once');
  await outbox.delivered([first]);
  outbox.release(first);
  assert.deepEqual(await textsOf(outbox), []);
  for (const wait of [4_000, 4_000, 4_000]) {
    await until(() => clock.waits.length === 1);
    assert.deepEqual(clock.waits, [wait]);
    clock.forward(wait);
  }
  await until(() => reports.length === 4 && clock.waits.length === 1);
  assert.deepEqual(await textsOf(outbox), []);
  assert.deepEqual(await textsOf(next), ['once'], 'the store does not know yet');
  setFull(false);
  clock.forward(clock.waits[0] ?? 0);
  await until(async () => (await textsOf(next)).length === 0);
  assert.deepEqual(clock.waits, []);
});

test('the next reply that is delivered takes those before it along', async (context) => {
  const { clock, outbox, next, put, setFull } = await open(context);
  const [first, second] = [await put('one'), await put('two')];
  await outbox.delivered([first]);
  setFull(false);
  await outbox.delivered([second]);
  assert.deepEqual([await textsOf(next), clock.waits], [[], []]);
});

test('a stop tries for the last time, and leaves no timer behind', async (context) => {
  const { clock, outbox, next, put, setFull, unrecorded, reports } = await open(context);
  await outbox.delivered([await put('one')]);
  await unrecorded.stop();
  assert.deepEqual([clock.waits, reports.length], [[], 2]);
  setFull(false);
  await unrecorded.stop();
  assert.deepEqual(await textsOf(next), []);
});
