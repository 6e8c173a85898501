// Owns the mailbox that the driver works with: inbox and outbox together. Refuses any rule of its
// own.

import type { Database, Mailbox, Sealing } from '@opencomputer/contracts/internal';
import { createInbox } from './inbox.ts';
import { createOutbox } from './outbox.ts';
import type { OutboxOptions } from './outbox.ts';

/** A mailbox over the store. */
export function createMailbox(
  database: Database,
  sealing: Sealing,
  options?: OutboxOptions,
): Mailbox {
  return { ...createInbox(database, sealing), ...createOutbox(database, sealing, options) };
}
