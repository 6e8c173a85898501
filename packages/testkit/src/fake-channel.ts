/**
 * Owns a medium in a test's hands: people write into it, and what is delivered can be read from it.
 * Refuses to be kinder than a real one: it loses its connection, delivers twice and says no on demand.
 */
import type { Channel, InboundMessage, OutboundReply } from '@opencomputer/contracts';

/** What a channel hands to whoever receives. */
export type ChannelMessage = Omit<InboundMessage, 'id'>;

/** A channel, and the medium behind it. */
export interface FakeChannel extends Channel {
  readonly isRunning: boolean;
  /** What the medium took, in order. */
  readonly delivered: readonly OutboundReply[];
  /** Ids of messages that the channel acknowledged to the medium: it will not bring them again. */
  readonly acknowledged: readonly string[];
  /**
   * A person writes. Resolves when the channel has acknowledged it; rejects when nobody received it,
   * and then the medium brings it again with `redeliver`.
   */
  write(text: string, rest?: Partial<ChannelMessage>): Promise<void>;
  /** Brings again what was not acknowledged, and on request also what was. */
  redeliver(options?: { readonly all: boolean }): Promise<void>;
  /** The next `count` deliveries are refused by the medium. */
  refuse(count: number): void;
}

/** A medium called `name`, in which `person` writes unless a message says otherwise. */
export function createFakeChannel(name: string = 'fake', person: string = 'owner'): FakeChannel {
  const delivered: OutboundReply[] = [];
  const acknowledged: string[] = [];
  const written: ChannelMessage[] = [];
  let receive: ((message: ChannelMessage) => Promise<void>) | undefined;
  let refusals = 0;
  const bring = async (message: ChannelMessage): Promise<void> => {
    if (receive === undefined) throw new Error(`the channel ${name} is not running`);
    await receive(message);
    acknowledged.push(message.channelMessageId);
  };
  return {
    name,
    delivered,
    acknowledged,
    get isRunning() {
      return receive !== undefined;
    },
    start: async (given) => {
      if (receive !== undefined) throw new Error(`the channel ${name} was started twice`);
      receive = given;
    },
    stop: async () => {
      receive = undefined;
    },
    deliver: async (reply) => {
      if (receive === undefined) throw new Error(`the channel ${name} is not running`);
      if (refusals > 0) {
        refusals -= 1;
        throw new Error(`the medium of ${name} did not take it`);
      }
      delivered.push(reply);
    },
    write: async (text, rest = {}) => {
      const message: ChannelMessage = {
        channel: name,
        channelMessageId: `${name}-${written.length + 1}`,
        person,
        assurance: 'none',
        conversation: `${name}-conversation`,
        text,
        at: Date.UTC(2026, 0, 5, 9),
        timeZone: 'UTC',
        interactive: true,
        ...rest,
      };
      written.push(message);
      await bring(message);
    },
    redeliver: async (options) => {
      const open = written.filter(
        ({ channelMessageId }) => options?.all === true || !acknowledged.includes(channelMessageId),
      );
      for (const message of open) await bring(message);
    },
    refuse: (count) => {
      refusals = count;
    },
  };
}
