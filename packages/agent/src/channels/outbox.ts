// Owns the outbox: a reply is kept until it was delivered. Refuses to deliver by itself: a channel
// takes replies and says which ones arrived.

import type { OutboundReply } from '@opencomputer/contracts';
import type { Database, Mailbox, Sealing, Statement } from '@opencomputer/contracts/internal';
import { decode, encode, isUnreadable, timeOf } from './payload.ts';
import type { Report } from './payload.ts';
import type { ChannelTables, OutboxTable } from './tables.ts';

/** Replies shown at once to a person who comes back; older ones come with the next call. */
const waitingMax = 50;

/**
 * The outbox over the store. A reply that was altered is told to `report` once, marked as dead and
 * left out: it must not keep the others from being shown.
 */
export function createOutbox(
  database: Database,
  sealing: Sealing,
  report: Report = () => undefined,
): Pick<Mailbox, 'enqueue' | 'delivered' | 'waiting'> {
  const query = database.query.$extendTables<ChannelTables>();
  const insert = prepareInsert(database);
  const settle = prepareSettle(database);
  const bury = async (id: string, error: unknown): Promise<void> => {
    if (!isUnreadable(error)) throw error;
    report(error, `reply ${id}`);
    await database.write([settle({ id, state: 'dead' })], { durable: false });
  };
  return {
    enqueue: async (reply) => {
      const { id, channel, person, conversation } = reply;
      const seal = await sealing.person(person);
      const payload = seal.seal({ table: 'outbox', rowId: id }, encode(reply));
      const turn = reply.turn ?? null;
      const at = timeOf(id);
      return insert({
        id,
        channel,
        person,
        conversation,
        turn,
        at,
        state: 'pending',
        attempts: 0,
        payload,
      });
    },
    delivered: async (replyIds) => {
      const statements = replyIds.map((id) => settle({ id, state: 'delivered' }));
      if (statements.length > 0) await database.write(statements, { durable: false });
    },
    waiting: async (person) => {
      const rows = await query
        .selectFrom('outbox')
        .select(['id', 'payload'])
        .where('person', '=', person)
        .where('state', '=', 'pending')
        .where('turn', 'is', null)
        .orderBy('at')
        .limit(waitingMax)
        .execute();
      const seal = await sealing.person(person);
      const replies: OutboundReply[] = [];
      for (const { id, payload } of rows) {
        try {
          replies.push(decode(seal.open({ table: 'outbox', rowId: id }, payload)));
        } catch (error) {
          await bury(id, error);
        }
      }
      return replies;
    },
  };
}

function prepareInsert(database: Database): (row: OutboxTable) => Statement {
  const query = database.query.$extendTables<ChannelTables>();
  return database.prepare<OutboxTable>((value) =>
    query.insertInto('outbox').values({
      id: value('id'),
      channel: value('channel'),
      person: value('person'),
      conversation: value('conversation'),
      turn: value('turn'),
      at: value('at'),
      state: value('state'),
      attempts: value('attempts'),
      payload: value('payload'),
    }),
  );
}

/** The statement that ends the waiting of a reply, in one state or the other. */
function prepareSettle(database: Database): (end: { id: string; state: string }) => Statement {
  const query = database.query.$extendTables<ChannelTables>();
  return database.prepare<{ id: string; state: string }>((value) =>
    query
      .updateTable('outbox')
      .set({ state: value('state') })
      .where('id', '=', value('id'))
      .where('state', '=', 'pending'),
  );
}
