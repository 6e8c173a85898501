import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeChannel } from '../fake-channel.ts';
import { channelConformance } from './channel.ts';
import type { ChannelUnderTest } from './channel.ts';

function subject(): ChannelUnderTest {
  const channel = createFakeChannel();
  let last = '';
  let ids = 0;
  return {
    channel,
    write: (text) => {
      last = `m${(ids += 1)}`;
      return channel.write(text, { channelMessageId: last });
    },
    writeAgain: () => channel.write('two', { channelMessageId: last }),
    delivered: () => channel.delivered.map(({ text }) => text),
    refuse: (refusing) => channel.refuse(refusing ? 1 : 0),
  };
}

for (const { name, run } of channelConformance(subject)) test(name, run);

/** A channel with something wrong, and the case that finds it. */
const faulty: Record<string, (right: ChannelUnderTest) => ChannelUnderTest> = {
  'a message is in the one format, and says how sure the channel is of its sender': (right) => ({
    ...right,
    channel: {
      ...right.channel,
      start: (receive) => right.channel.start((message) => receive({ ...message, timeZone: '?' })),
    },
  }),
  'two messages have two ids, and the same one brought again has the same': (right) => ({
    ...right,
    writeAgain: () => right.write('two'),
  }),
  'a reply is delivered whole': (right) => ({
    ...right,
    channel: {
      ...right.channel,
      deliver: (reply) => right.channel.deliver({ ...reply, text: reply.text.slice(0, 20) }),
    },
  }),
  'a delivery that the medium did not take is thrown, and not tried again by itself': (right) => ({
    ...right,
    channel: {
      ...right.channel,
      deliver: (reply) => right.channel.deliver(reply).catch(() => right.channel.deliver(reply)),
    },
  }),
  'once stopped it receives nothing, and stopping again is harmless': (right) => ({
    ...right,
    channel: { ...right.channel, stop: async () => undefined },
  }),
  'a message is acknowledged only when it was received': (right) => ({
    ...right,
    write: (text) => right.write(text).catch(() => undefined),
  }),
};

for (const [name, break_] of Object.entries(faulty)) {
  test(`a channel that breaks it is found by "${name}"`, async () => {
    const cases = channelConformance(() => break_(subject()));
    await assert.rejects(cases.find((one) => one.name === name)?.run() ?? Promise.resolve());
  });
}
