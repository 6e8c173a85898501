import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { AgentError } from '@opencomputer/contracts';
import type { Channel } from '@opencomputer/contracts';
import type { Database } from '@opencomputer/contracts/internal';
import { createFakeChannel, createFakeClock } from '@opencomputer/testkit';
import type { FakeChannel, FakeClock } from '@opencomputer/testkit';
import * as store from '../store/index.ts';
import { attemptsMax, createDelivery, delayMsFirst, delayMsMax, deliverMsMax } from './delivery.ts';
import type { Delivery } from './delivery.ts';
import { openDeliveryBench, until } from './fixtures/delivery-bench.ts';
import type { DeliveryBench } from './fixtures/delivery-bench.ts';
import { storeDelayMs } from './unrecorded.ts';

interface Made extends DeliveryBench {
  readonly clock: FakeClock;
  readonly channel: FakeChannel;
  readonly delivery: Delivery;
  texts(): string[];
}

const nobody = (): Promise<void> => Promise.resolve();

async function make(context: TestContext, channel = createFakeChannel()): Promise<Made> {
  const clock = createFakeClock();
  const bench = await openDeliveryBench(context, { store, clock });
  const delivery = createDelivery([channel], bench.parts);
  context.after(() => delivery.stop());
  return {
    ...bench,
    clock,
    channel,
    delivery,
    texts: () => channel.delivered.map(({ text }) => text),
  };
}

test('what waits is delivered at the start, what comes later when it is told of, each once', async (context) => {
  const { channel, delivery, put, rows, texts } = await make(context);
  await put('before');
  await put('for another channel', { channel: 'terminal' });
  await delivery.start(nobody);
  await until(async () => (await rows())[0]?.state === 'delivered');
  await put('after');
  delivery.wake();
  delivery.wake();
  await until(() => channel.delivered.length === 2);
  assert.deepEqual(texts(), ['before', 'after']);
  await delivery.stop();
  assert.equal(channel.isRunning, false);
});

test('a medium that says no is tried again after waits that double up to a bound', async (context) => {
  const { channel, clock, delivery, put, rows } = await make(context);
  await put('stubborn');
  channel.refuse(14);
  await delivery.start(nobody);
  const waits: number[] = [];
  for (let count = 1; count <= 14; count += 1) {
    await until(async () => (await rows())[0]?.attempts === count && clock.waits.length === 1);
    waits.push(clock.waits[0] ?? 0);
    clock.forward(clock.waits[0] ?? 0);
  }
  await until(() => channel.delivered.length === 1);
  assert.deepEqual(waits.slice(0, 3), [delayMsFirst, 2 * delayMsFirst, 4 * delayMsFirst]);
  assert.equal(Math.max(...waits), delayMsMax);
});

test('waits differ, so that many do not come back at once', async (context) => {
  const clock = createFakeClock();
  const bench = await openDeliveryBench(context, { store, clock });
  const channel = createFakeChannel();
  const delivery = createDelivery([channel], { ...bench.parts, random: () => 0.25 });
  context.after(() => delivery.stop());
  await bench.put('x');
  channel.refuse(1);
  await delivery.start(nobody);
  await until(() => clock.waits.length === 1);
  assert.equal(clock.waits[0], delayMsFirst / 4);
});

test('in a conversation the next reply waits for the one before it; other conversations do not', async (context) => {
  const { channel, clock, delivery, put, texts } = await make(context);
  await put('first');
  await put('second');
  await put('other', { conversation: 'c2' });
  channel.refuse(1);
  await delivery.start(nobody);
  await until(() => channel.delivered.length > 0 && clock.waits.length === 1);
  assert.deepEqual(texts(), ['other']);
  clock.forward(delayMsFirst);
  await until(() => channel.delivered.length === 3);
  assert.deepEqual(texts(), ['other', 'first', 'second']);
});

test('after the last attempt a reply is given up with its reason, and the next one has its turn', async (context) => {
  const { channel, clock, delivery, put, rows, events, reports } = await make(context);
  const id = await put('hopeless');
  await put('next');
  channel.refuse(attemptsMax);
  await delivery.start(nobody);
  for (let count = 1; count < attemptsMax; count += 1) {
    await until(async () => (await rows())[0]?.attempts === count && clock.waits.length === 1);
    clock.forward(clock.waits[0] ?? 0);
  }
  await until(() => channel.delivered.length === 1);
  const [first] = await rows();
  assert.deepEqual([first?.state, first?.attempts], ['dead', attemptsMax]);
  const reason = 'the medium of fake did not take it';
  const payload = { reply: id, channel: 'fake', attempts: attemptsMax, reason };
  assert.deepEqual(events, [{ name: 'reply-abandon', payload }]);
  assert.equal(reports.length, 1);
});

test('attempts are counted over restarts', async (context) => {
  const { channel, clock, delivery, put, rows, parts } = await make(context);
  await put('x');
  channel.refuse(2);
  await delivery.start(nobody);
  await until(async () => (await rows())[0]?.attempts === 1 && clock.waits.length === 1);
  await delivery.stop();
  const next = createDelivery([channel], parts);
  context.after(() => next.stop());
  await next.start(nobody);
  await until(async () => (await rows())[0]?.attempts === 2);
});

test('a reply that the medium took is not sent again when the store cannot record that', async (context) => {
  const clock = createFakeClock();
  const channel = createFakeChannel();
  const { parts, put, rows, reports } = await openDeliveryBench(context, { store, clock });
  let isFull = true;
  const database: Database = {
    ...parts.database,
    write: async (...given) => {
      if (isFull) throw new AgentError('STORE_FULL');
      return parts.database.write(...given);
    },
  };
  const delivery = createDelivery([channel], { ...parts, database });
  context.after(() => delivery.stop());
  await put('once');
  await delivery.start(nobody);
  await until(() => reports.length === 1 && clock.waits.length === 1);
  clock.forward(clock.waits[0] ?? 0);
  await until(() => reports.length === 2 && clock.waits.length === 1);
  isFull = false;
  clock.forward(clock.waits[0] ?? 0);
  await until(async () => (await rows())[0]?.state === 'delivered');
  assert.equal(channel.delivered.length, 1);
});

test('what is on its way when the store fails another reply is not sent beside itself', async (context) => {
  const clock = createFakeClock();
  const answered = Promise.withResolvers<void>();
  const sent: string[] = [];
  const channel: Channel = {
    ...createFakeChannel(),
    deliver: async ({ text }) => {
      sent.push(text);
      if (text === 'slow') return answered.promise;
      throw new Error('the medium said no');
    },
  };
  const { parts, put, rows, reports } = await openDeliveryBench(context, { store, clock });
  let failures = 1;
  const database: Database = {
    ...parts.database,
    write: async (...given) => {
      if (failures-- > 0) throw new AgentError('STORE_FULL');
      return parts.database.write(...given);
    },
  };
  const delivery = createDelivery([channel], { ...parts, database });
  context.after(() => delivery.stop());
  await put('slow');
  await put('refused', { conversation: 'c2' });
  await delivery.start(nobody);
  await until(() => failures === 0);
  for (let round = 0; round < 50; round += 1) {
    delivery.wake();
    await new Promise(setImmediate);
  }
  const meanwhile = [...sent];
  answered.resolve();
  assert.deepEqual(meanwhile, ['slow', 'refused']);
  await until(async () => (await rows())[0]?.state === 'delivered');
  await until(() => reports.length === 1);
});

test('a medium that never answers counts as one that said no', async (context) => {
  const silent = createFakeChannel();
  const { clock, delivery, put, rows } = await make(context, {
    ...silent,
    deliver: () => new Promise(() => undefined),
  });
  await put('x');
  await delivery.start(nobody);
  await until(() => clock.waits.includes(deliverMsMax));
  clock.forward(deliverMsMax);
  await until(async () => (await rows())[0]?.attempts === 1);
});

test('a reply that was altered is told of and passed over; those behind it are delivered', async (context) => {
  const { channel, delivery, put, parts, rows, reports, texts } = await make(context);
  const id = await put('pay Bob');
  await put('call Ann');
  const sql = 'update outbox set payload = zeroblob(64) where id = ?';
  await parts.database.write([{ sql, parameters: [id] }]);
  await delivery.start(nobody);
  await until(() => channel.delivered.length === 1);
  assert.deepEqual(texts(), ['call Ann']);
  assert.equal((await rows())[0]?.state, 'dead');
  assert.equal(reports.length, 1);
});

test('more replies than are read at once are all delivered, in order', async (context) => {
  const { channel, delivery, put, texts } = await make(context);
  const all = Array.from({ length: 1_100 }, (_, index) => `reply ${index}`);
  for (const text of all) await put(text);
  await delivery.start(nobody);
  await until(() => channel.delivered.length === all.length);
  assert.deepEqual(texts(), all);
});

test('a channel that does not start is tried again, and holds no other up', async (context) => {
  const clock = createFakeClock();
  const { parts, reports, put } = await openDeliveryBench(context, { store, clock });
  const good = createFakeChannel();
  const bad = createFakeChannel('bad');
  let failures = 1;
  const start: Channel['start'] = (receive) =>
    failures-- > 0 ? Promise.reject(new Error('no network')) : bad.start(receive);
  const late: Channel = { name: 'bad', start, stop: bad.stop, deliver: bad.deliver };
  const delivery = createDelivery([late, good], parts);
  context.after(() => delivery.stop());
  await put('x');
  await put('y', { channel: 'bad' });
  await delivery.start(nobody);
  await until(() => good.delivered.length === 1);
  assert.equal(reports.length, 1);
  clock.forward(30_000);
  await until(() => bad.delivered.length === 1);
});

test('what a channel brings is handed on, and it acknowledges only what was taken', async (context) => {
  const { channel, delivery } = await make(context);
  let refuse = true;
  await delivery.start(async () => {
    if (refuse) throw new Error('busy');
  });
  await assert.rejects(channel.write('hello'), /busy/);
  assert.deepEqual(channel.acknowledged, []);
  refuse = false;
  await channel.redeliver();
  assert.equal(channel.acknowledged.length, 1);
});

test('a stop while a channel starts waits a bounded time, and leaves nothing at work', async (context) => {
  const fake = createFakeChannel();
  const started = Promise.withResolvers<void>();
  let stops = 0;
  const { clock, delivery, put } = await make(context, {
    ...fake,
    start: async (receive) => {
      await started.promise;
      await fake.start(receive);
    },
    stop: async () => {
      stops += 1;
      await fake.stop();
    },
  });
  await put('never sent');
  const starting = delivery.start(nobody);
  const stopping = delivery.stop();
  await until(() => clock.waits.length > 0);
  clock.forward(clock.waits[0] ?? 0);
  await stopping;
  started.resolve();
  await starting;
  await until(() => stops > 0);
  for (let round = 0; round < 50; round += 1) await new Promise(setImmediate);
  assert.deepEqual([fake.delivered, clock.waits], [[], []]);
  assert.equal(fake.isRunning, false);
});

test('a channel whose start fails after a stop is not tried again', async (context) => {
  const started = Promise.withResolvers<void>();
  const { clock, delivery } = await make(context, {
    ...createFakeChannel(),
    start: () => started.promise,
  });
  const starting = delivery.start(nobody);
  const stopping = delivery.stop();
  started.reject(new Error('planted'));
  await Promise.all([starting, stopping]);
  assert.deepEqual(clock.waits, []);
});

test('a channel that does not stop does not hold the stop up', async (context) => {
  const { clock, delivery } = await make(context, {
    ...createFakeChannel(),
    stop: () => new Promise(() => undefined),
  });
  await delivery.start(nobody);
  let isStopped = false;
  void delivery.stop().then(() => (isStopped = true));
  await until(() => {
    clock.forward(clock.waits[0] ?? 0);
    return isStopped;
  });
});

test('a store that stays broken is looked at less and less often, and often again once it works', async (context) => {
  const clock = createFakeClock();
  const { parts, put, rows, reports } = await openDeliveryBench(context, { store, clock });
  let isFull = true;
  const database: Database = {
    ...parts.database,
    write: async (...given) => {
      if (isFull) throw new AgentError('STORE_FULL');
      return parts.database.write(...given);
    },
  };
  const delivery = createDelivery([createFakeChannel()], { ...parts, database });
  context.after(() => delivery.stop());
  await put('once');
  await delivery.start(nobody);
  const waits: number[] = [];
  for (let tries = 1; tries <= 6; tries += 1) {
    await until(() => reports.length === tries && clock.waits.length === 1);
    waits.push(clock.waits[0] ?? 0);
    if (tries === 6) isFull = false;
    clock.forward(clock.waits[0] ?? 0);
  }
  assert.deepEqual(new Set(waits), new Set([storeDelayMs]));
  await until(async () => (await rows())[0]?.state === 'delivered');
  isFull = true;
  await put('twice');
  delivery.wake();
  await until(() => reports.length === 7 && clock.waits.length === 1);
  assert.equal(clock.waits[0], storeDelayMs);
});
