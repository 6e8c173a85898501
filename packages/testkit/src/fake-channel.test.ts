import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeChannel } from './fake-channel.ts';
import type { ChannelMessage } from './fake-channel.ts';

const reply = { id: 'r1', channel: 'fake', person: 'ann', conversation: 'c', text: 'hello' };

test('what a person writes is received in the one format, and acknowledged after that', async () => {
  const channel = createFakeChannel('mail', 'ann');
  const seen: ChannelMessage[] = [];
  await channel.start(async (message) => {
    assert.deepEqual(channel.acknowledged, []);
    seen.push(message);
  });
  await channel.write('hi', { assurance: 'key' });
  const { channel: name, person, text, assurance } = seen[0] ?? {};
  assert.deepEqual([name, person, text, assurance], ['mail', 'ann', 'hi', 'key']);
  assert.deepEqual(channel.acknowledged, ['mail-1']);
});

test('what was not received is not acknowledged, and the medium brings it again', async () => {
  const channel = createFakeChannel();
  await assert.rejects(channel.write('too early'), /not running/);
  const seen: string[] = [];
  let broken = true;
  await channel.start(async ({ text }) => {
    if (broken) throw new Error('the disk is full');
    seen.push(text);
  });
  await assert.rejects(channel.write('second'), /disk/);
  broken = false;
  await channel.redeliver();
  await channel.redeliver();
  assert.deepEqual(seen, ['too early', 'second']);
  await channel.redeliver({ all: true });
  assert.equal(seen.length, 4);
});

test('a delivery can be refused, and one that is refused is not there', async () => {
  const channel = createFakeChannel();
  await assert.rejects(channel.deliver(reply), /not running/);
  await channel.start(async () => undefined);
  channel.refuse(1);
  await assert.rejects(channel.deliver(reply), /did not take/);
  assert.deepEqual(channel.delivered, []);
  await channel.deliver(reply);
  assert.deepEqual(channel.delivered, [reply]);
});

test('it is started once at a time, and can be started again', async () => {
  const channel = createFakeChannel();
  const receive = async (): Promise<void> => undefined;
  await channel.start(receive);
  await assert.rejects(channel.start(receive), /twice/);
  await channel.stop();
  assert.equal(channel.isRunning, false);
  await channel.start(receive);
  assert.equal(channel.isRunning, true);
});
