import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeChannel, createFakeClock } from '@opencomputer/testkit';
import * as store from '../store/index.ts';
import { createChannels } from './channels.ts';
import { openDeliveryBench, until } from './fixtures/delivery-bench.ts';

test('a reply leaves on two channels, each with an id of its own, and on each once', async (context) => {
  const { parts } = await openDeliveryBench(context, { store, clock: createFakeClock() });
  const channel = createFakeChannel('pager');
  const { mailbox, notices, delivery, outbox } = createChannels({
    ...parts,
    channels: [{ channel, copies: 'all' }],
  });
  context.after(() => delivery.stop());
  await delivery.start(() => Promise.resolve());
  const id = '01a203cf-d6e9-7697-841b-aaaaaaaaaaaa';
  const reply = { id, channel: 'terminal', person: 'ann', conversation: 'c', turn: 't', text: 'x' };
  await parts.database.write(await mailbox.enqueue(reply));
  delivery.wake();
  await until(() => channel.delivered.length === 1);
  assert.equal(channel.delivered[0]?.id, `${id}.pager`);
  const shown: string[] = [];
  for await (const one of notices.visit('ann')) shown.push(one.id);
  assert.deepEqual(shown, [id]);
  assert.deepEqual(await outbox.list('ann'), []);
});
