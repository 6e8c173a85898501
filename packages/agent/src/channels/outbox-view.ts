// Owns what a person is told of replies that did not leave: which wait, which were given up and why,
// and trying one again. Refuses to change a reply.

import { sql } from 'kysely';
import type { SelectQueryBuilder } from 'kysely';
import { AgentError } from '@opencomputer/contracts';
import type { Database, PendingReply, Sealing, Statement } from '@opencomputer/contracts/internal';
import type { DeliveryParts } from './delivery.ts';
import { openReply } from './outbox.ts';
import { isUnreadable } from './payload.ts';
import type { ChannelTables, OutboxTable } from './tables.ts';

/** Replies listed at most. */
const listedMax = 200;

/** Replies of a person that did not leave. */
export interface OutboxView {
  /** Those that wait for a channel after a failure, and those that were given up; oldest first. */
  list(person: string): Promise<readonly PendingReply[]>;
  /** How many more there are than are listed. */
  beyond(person: string): Promise<number>;
  /** Tries a reply again that was given up, or lets it be. Rejects with INPUT_INVALID for no such. */
  settle(person: string, reply: string, how: 'retry' | 'drop'): Promise<void>;
}

type Parts = Pick<DeliveryParts, 'database' | 'sealing' | 'clock' | 'event' | 'reasons'>;

/** The view; `wake` is called when something is to be delivered again. */
export function createOutboxView(parts: Parts, wake: () => void): OutboxView {
  const { database, sealing, clock, event, reasons } = parts;
  return {
    list: async (person) => {
      const rows = await select(database, person);
      const why = rows.some(({ state }) => state === 'dead')
        ? await reasons(person)
        : new Map<string, string>();
      return Promise.all(rows.map((row) => toPending(sealing, row, why.get(row.id))));
    },
    beyond: async (person) => {
      const counted = await unsettled(database, person)
        .select((expression) => expression.fn.countAll<number>().as('rows'))
        .executeTakeFirstOrThrow();
      return Math.max(0, Number(counted.rows) - listedMax);
    },
    settle: async (person, reply, how) => {
      const row = (await select(database, person)).find(({ id }) => id === reply);
      if (row?.state !== 'dead') {
        throw new AgentError('INPUT_INVALID', { problem: `no reply "${reply}" was given up` });
      }
      const { conversation } = row;
      const name = `reply-${how}`;
      const settled = { name, at: clock.now(), payload: { reply } };
      const written = await event({ person, conversation }, settled);
      await database.write([change(database, reply, how), written]);
      if (how === 'retry') wake();
    },
  };
}

function select(database: Database, person: string): Promise<readonly OutboxTable[]> {
  return unsettled(database, person).selectAll().orderBy('id').limit(listedMax).execute();
}

function unsettled(
  database: Database,
  person: string,
): SelectQueryBuilder<ChannelTables, 'outbox', object> {
  const query = database.query.$extendTables<ChannelTables>();
  return query
    .selectFrom('outbox')
    .where('person', '=', person)
    .where((expression) =>
      expression.or([
        expression('state', '=', sql.lit('dead')),
        expression.and([
          expression('state', '=', sql.lit('pending')),
          expression('attempts', '>', 0),
        ]),
      ]),
    );
}

async function toPending(
  sealing: Sealing,
  row: OutboxTable,
  reason: string | undefined,
): Promise<PendingReply> {
  const { id, channel, conversation, at, state } = row;
  const base = { id, channel, conversation, at: Number(at), attempts: Number(row.attempts) };
  const known = { ...base, state: state === 'dead' ? ('dead' as const) : ('waiting' as const) };
  try {
    const { text } = await openReply(sealing, row);
    return { ...known, text, ...(reason !== undefined && { reason }) };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return { ...known, text: '', reason: 'it was altered where it is stored' };
  }
}

function change(database: Database, id: string, how: 'retry' | 'drop'): Statement {
  const query = database.query.$extendTables<ChannelTables>();
  const set = how === 'retry' ? { state: 'pending', attempts: 0 } : { state: 'dropped' };
  const decided = query.updateTable('outbox').set(set).where('id', '=', id);
  // Of two decisions at once the second comes too late: the first may have delivered it already.
  return { ...decided.where('state', '=', 'dead').compile(), expectedChanges: 1 };
}
