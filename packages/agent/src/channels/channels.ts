// Owns the channels as the rest of the agent sees them: one mailbox, what waits for a person, and the
// delivery of what goes out by itself. Refuses any rule of its own.

import type { Channel } from '@opencomputer/contracts';
import type { Mailbox } from '@opencomputer/contracts/internal';
import { createDelivery } from './delivery.ts';
import type { Delivery, DeliveryParts } from './delivery.ts';
import { createMailbox } from './mailbox.ts';
import { createNotices } from './notices.ts';
import type { Notices } from './notices.ts';
import { createOutboxView } from './outbox-view.ts';
import type { OutboxView } from './outbox-view.ts';
import { Unrecorded } from './unrecorded.ts';

/** A channel that delivers by itself, and what it gets. */
export interface RegisteredChannel {
  readonly channel: Channel;
  /** A copy of what the agent says by itself, or of every reply; absent: only what is for it. */
  readonly copies?: 'notices' | 'all';
}

/** What the channels are made of. */
export interface ChannelParts extends DeliveryParts {
  readonly channels: readonly RegisteredChannel[];
}

/** All channels of an installation. */
export interface Channels {
  readonly mailbox: Mailbox;
  readonly notices: Notices;
  readonly delivery: Delivery;
  readonly outbox: OutboxView;
}

/** The channels over the store; they are started by `delivery.start`. */
export function createChannels(parts: ChannelParts): Channels {
  const { database, sealing, report, channels } = parts;
  const pushed = channels.map(({ channel: { name }, copies }) => ({
    name,
    ...(copies !== undefined && { copies }),
  }));
  const unrecorded = new Unrecorded(parts);
  const mailbox = createMailbox(database, sealing, { report, pushed, unrecorded });
  const { stop, ...delivery } = createDelivery(
    channels.map(({ channel }) => channel),
    parts,
  );
  const stopAll = async (): Promise<void> => {
    await stop();
    await unrecorded.stop();
  };
  const outbox = createOutboxView(parts, () => delivery.wake());
  const notices = createNotices(mailbox);
  return { mailbox, notices, delivery: { ...delivery, stop: stopAll }, outbox };
}
