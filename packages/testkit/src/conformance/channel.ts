// Owns what every channel must do, as cases that an author runs against an adapter and its medium.
// Refuses to know the medium: the author says how a person writes in it and what it took.

import assert from 'node:assert/strict';
import type { Channel, InboundMessage, OutboundReply } from '@opencomputer/contracts';
import type { ConformanceCase } from './tool.ts';

type ChannelMessage = Omit<InboundMessage, 'id'>;

/** A new channel with its medium, for one case. */
export interface ChannelUnderTest {
  readonly channel: Channel;
  /** A person writes; resolves when the channel is done with it, rejects when it was not received. */
  write(text: string): Promise<void>;
  /** The medium brings the last message again, under the same id. */
  writeAgain(): Promise<void>;
  /** Texts that arrived in the medium. */
  delivered(): readonly string[];
  /** The medium takes no delivery until it is called with `false`. */
  refuse(refusing: boolean): void;
}

/** Text that a channel may write in another form but must not lose a word of. */
const formatted = '# Title\n\n- **one**\n- `two` 👋\n\n[three](https://example.org/four)';

/** The cases for a channel; `make` is called for each. Give each to `test(name, run)`. */
export function channelConformance(
  make: () => ChannelUnderTest | Promise<ChannelUnderTest>,
): readonly ConformanceCase[] {
  const cases: Record<
    string,
    (subject: ChannelUnderTest, seen: ChannelMessage[]) => Promise<void>
  > = {
    'a message is in the one format, and says how sure the channel is of its sender': async (
      { channel, write },
      seen,
    ) => {
      await write('hello');
      const [message] = seen;
      assert.ok(message, 'nothing was received');
      assert.equal(message.channel, channel.name);
      assert.equal(message.text, 'hello');
      assert.ok(['local', 'key', 'none'].includes(message.assurance), message.assurance);
      for (const name of ['channelMessageId', 'person', 'conversation'] as const) {
        assert.ok(message[name].length > 0, `${name} is empty`);
      }
      assert.ok(Number.isSafeInteger(message.at));
      assert.doesNotThrow(() => new Intl.DateTimeFormat('en', { timeZone: message.timeZone }));
      assert.deepEqual(JSON.parse(JSON.stringify(message)), message, 'it is plain data');
    },
    'two messages have two ids, and the same one brought again has the same': async (
      { write, writeAgain },
      seen,
    ) => {
      await write('one');
      await write('two');
      await writeAgain();
      const ids = seen.map(({ channelMessageId }) => channelMessageId);
      assert.equal(ids.length, 3);
      assert.notEqual(ids[0], ids[1]);
      assert.equal(ids[1], ids[2]);
    },
    'a reply is delivered whole': async ({ channel, delivered }) => {
      await channel.deliver(reply(channel, formatted));
      const text = delivered().join('\n');
      for (const word of ['Title', 'one', 'two', '👋', 'three', 'example.org/four']) {
        assert.ok(text.includes(word), `"${word}" was lost`);
      }
    },
    'a delivery that the medium did not take is thrown, and not tried again by itself': async ({
      channel,
      delivered,
      refuse,
    }) => {
      refuse(true);
      await assert.rejects(channel.deliver(reply(channel, 'lost')));
      refuse(false);
      await channel.deliver(reply(channel, 'next'));
      assert.deepEqual(delivered(), ['next']);
    },
    'once stopped it receives nothing, and stopping again is harmless': async (
      { channel, write },
      seen,
    ) => {
      await channel.stop();
      await channel.stop();
      await assert.rejects(write('late'));
      assert.deepEqual(seen, []);
    },
  };
  const running = Object.entries(cases).map(([name, check]) => ({
    name,
    run: async () => {
      const subject = await make();
      const seen: ChannelMessage[] = [];
      await subject.channel.start(async (message) => {
        seen.push(message);
      });
      try {
        await check(subject, seen);
      } finally {
        await subject.channel.stop();
      }
    },
  }));
  return [...running, { name: acknowledged, run: async () => acknowledgesLate(await make()) }];
}

const acknowledged = 'a message is acknowledged only when it was received';

async function acknowledgesLate({ channel, write }: ChannelUnderTest): Promise<void> {
  await channel.start(() => Promise.reject(new Error('it could not be kept')));
  try {
    await assert.rejects(write('not kept'), 'the medium was told that it was received');
  } finally {
    await channel.stop();
  }
}

let replies = 0;

function reply({ name }: Channel, text: string): OutboundReply {
  replies += 1;
  return { id: `reply-${replies}`, channel: name, person: 'ann', conversation: 'c', text };
}
