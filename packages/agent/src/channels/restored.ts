// Owns what becomes of the mail of a backup that was restored: nothing is said or begun a second time
// by itself. Refuses to drop it: it is set aside, where the person sees it and decides.

import type { InboundMessage, OutboundReply } from '@opencomputer/contracts';
import type { Database, Sealing, Statement } from '@opencomputer/contracts/internal';
import { decode, isUnreadable } from './payload.ts';
import { inboxProven, outboxProven } from './tables.ts';
import type { ChannelTables } from './tables.ts';

/** Something that was on its way when the backup was made. */
export interface HeldMail {
  readonly kind: 'reply' | 'message';
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** Empty when it cannot be read. */
  readonly text: string;
}

/** What is told of at most; all of it is set aside. */
const heldMax = 1_000;

/** Sets aside what was open: messages as `parked`, replies as `dead`. Gives them, oldest first. */
export async function holdRestored(
  database: Database,
  sealing: Sealing,
): Promise<readonly HeldMail[]> {
  const query = database.query.$extendTables<ChannelTables>();
  const messages = await query
    .selectFrom('inbox')
    .selectAll()
    .where('state', '=', 'open')
    .orderBy('id')
    .limit(heldMax)
    .execute();
  const replies = await query
    .selectFrom('outbox')
    .selectAll()
    .where('state', '=', 'pending')
    .orderBy('id')
    .limit(heldMax)
    .execute();
  const asked = messages.map(async (row): Promise<HeldMail> => {
    const { text } = await open<InboundMessage>(sealing, { proven: inboxProven, row });
    return { kind: 'message', at: Number(row.at), text };
  });
  const said = replies.map(async (row): Promise<HeldMail> => {
    const { text } = await open<OutboundReply>(sealing, { proven: outboxProven, row });
    return { kind: 'reply', at: Number(row.at), text };
  });
  const held = await Promise.all([...asked, ...said]);
  const statements: readonly Statement[] = [
    query.updateTable('inbox').set({ state: 'parked' }).where('state', '=', 'open').compile(),
    query.updateTable('outbox').set({ state: 'dead' }).where('state', '=', 'pending').compile(),
  ];
  await database.write(statements);
  return held.toSorted((left, right) => left.at - right.at);
}

interface SealedRow {
  readonly proven: typeof inboxProven;
  readonly row: {
    readonly id: string;
    readonly person: string;
    readonly payload: Uint8Array;
    readonly proof: Uint8Array | null;
  };
}

async function open<Value extends { readonly text: string }>(
  sealing: Sealing,
  { proven, row }: SealedRow,
): Promise<Pick<Value, 'text'>> {
  try {
    sealing.rows(proven).check({ ...row });
    const seal = await sealing.person(row.person);
    return decode<Value>(seal.open({ table: proven.table, rowId: row.id }, row.payload));
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return { text: '' };
  }
}
