import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { AgentError } from '@opencomputer/contracts';
import type { Mailbox } from '@opencomputer/contracts/internal';
import { createFakeClock, endOf, readParts, readUntil } from '@opencomputer/testkit';
import * as channels from '../channels/index.ts';
import * as core from '../core/index.ts';
import * as plugins from '../plugins/index.ts';
import * as policy from '../policy/index.ts';
import * as store from '../store/index.ts';
import { createDriver } from './driver.ts';
import { message, openBench, words } from './fixtures/bench.ts';
import type { Bench, BenchOptions } from './fixtures/bench.ts';

const open = (context: TestContext, options: Partial<BenchOptions> = {}): Promise<Bench> =>
  openBench(
    context,
    { channels, core, plugins, policy, store },
    { clock: createFakeClock(), ...options },
  );

const keyed = (text: string, rest = {}) =>
  message(text, { channelMessageId: 'the key', join: true, ...rest });

test('a message that is sent again after its turn gets the same end, also from another process', async (context) => {
  const { driver, again, requests } = await open(context, { script: () => [words('Hello.')] });
  const first = endOf(await readParts(driver.send(keyed('hi'))));
  for (const later of [driver, again()]) {
    const parts = await readParts(later.send(keyed('hi')));
    assert.deepEqual(parts.at(0), { type: 'turn-start', turn: first.turn, conversation: 'c1' });
    assert.deepEqual(endOf(parts), first);
  }
  assert.equal(requests.length, 1);
});

test('sent again while its turn runs, it gets that turn and the reply does not wait as well', async (context) => {
  let alive = false;
  const bench = await open(context, { script: () => (alive ? [words('Late.')] : 'silence') });
  await readUntil(bench.driver.send(keyed('hi')), 'model-start');
  alive = true;
  const next = bench.again();
  await next.resume();
  const parts = await readParts(next.send(keyed('hi')));
  assert.equal(endOf(parts).text, 'Late.');
  assert.deepEqual(await bench.mailbox.waiting('ann'), []);
});

test('a failed turn is told as it failed', async (context) => {
  const { driver } = await open(context, { script: () => new Error('broken') });
  const first = endOf(await readParts(driver.send(keyed('hi'))));
  assert.deepEqual(endOf(await readParts(driver.send(keyed('hi')))), first);
  assert.equal(first.error?.code, 'INTERNAL');
});

test('the same id with other words, in another conversation or of another person is refused', async (context) => {
  const { driver } = await open(context, { script: () => [words('Hello.')] });
  await readParts(driver.send(keyed('hi')));
  const refused = { code: 'IDEMPOTENCY_KEY_REUSED' };
  await assert.rejects(readParts(driver.send(keyed('ho'))), refused);
  await assert.rejects(readParts(driver.send(keyed('hi', { conversation: 'c2' }))), refused);
  await assert.rejects(readParts(driver.send(keyed('hi', { person: 'bob' }))), refused);
  await assert.rejects(readParts(driver.send(keyed('hi', { join: false }))), {
    code: 'MESSAGE_DUPLICATE',
  });
});

test('a message that the store refused and kept all the same is run when it comes again', async (context) => {
  const { ports, mailbox } = await open(context, { script: () => [words('Hello.')] });
  let refusals = 1;
  const accept: Mailbox['accept'] = async (accepted) => {
    const result = await mailbox.accept(accepted);
    if (refusals-- > 0) throw new AgentError('STORE_FAILED', { problem: 'an I/O error' });
    return result;
  };
  const driver = createDriver({ ...ports, log: { ...ports.log, mailbox: { ...mailbox, accept } } });
  const { stream: _, ...request } = message('hello');
  const brought = { ...request, conversation: 'c9', at: 1, interactive: false };
  await assert.rejects(driver.receive(brought), { code: 'STORE_FAILED' });
  await Promise.all([driver.receive(brought), driver.receive(brought)]);
  await driver.stop(60_000);
  assert.deepEqual(
    (await mailbox.waiting('ann')).map(({ text }) => text),
    ['Hello.'],
  );
  refusals = 1;
  const next = createDriver({ ...ports, log: { ...ports.log, mailbox: { ...mailbox, accept } } });
  await assert.rejects(readParts(next.send(keyed('hi'))), { code: 'STORE_FAILED' });
  assert.equal(endOf(await readParts(next.send(keyed('hi')))).text, 'Hello.');
});

test('a message that was set aside is told as such', async (context) => {
  const { driver, again, mailbox, database } = await open(context, { script: () => 'silence' });
  const { turn } = await readUntil(driver.send(keyed('hi')), 'turn-start');
  await database.write([mailbox.park(turn)]);
  await assert.rejects(readParts(again().send(keyed('hi'))), /set aside/);
});
