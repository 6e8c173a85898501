// Owns the mailbox that the driver works with: inbox and outbox together. Refuses any rule of its
// own.

import type { Database, Mailbox, Sealing } from '@opencomputer/contracts/internal';
import { createInbox } from './inbox.ts';
import { createOutbox } from './outbox.ts';
import type { Report } from './payload.ts';

/** A mailbox over the store; `report` is told of rows that cannot be used. */
export function createMailbox(database: Database, sealing: Sealing, report?: Report): Mailbox {
  return { ...createInbox(database, sealing, report), ...createOutbox(database, sealing, report) };
}
