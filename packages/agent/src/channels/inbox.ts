// Owns the inbox: a message is accepted once, for ever, and durably before anybody works on it.
// Refuses the channel's own message ids in the clear.

import type { InboundMessage } from '@opencomputer/contracts';
import type { Database, Mailbox, Sealing } from '@opencomputer/contracts/internal';
import { decode, encode, isUnreadable } from './payload.ts';
import type { Report } from './payload.ts';
import type { ChannelTables, InboxTable } from './tables.ts';

/** Messages resumed at a start; more than this waited means something else is wrong. */
const openMax = 10_000;

/**
 * The inbox over the store. A message that was altered, or whose person was erased, is left out of
 * what is open and told to `report`: it must not keep the others from being resumed.
 */
export function createInbox(
  database: Database,
  sealing: Sealing,
  report: Report = () => undefined,
): Pick<Mailbox, 'accept' | 'finish' | 'open'> {
  const query = database.query.$extendTables<ChannelTables>();
  const insert = database.prepare<InboxTable>((value) =>
    query
      .insertInto('inbox')
      .values({
        id: value('id'),
        dedupe: value('dedupe'),
        channel: value('channel'),
        person: value('person'),
        conversation: value('conversation'),
        at: value('at'),
        state: value('state'),
        payload: value('payload'),
      })
      .onConflict((conflict) => conflict.column('dedupe').doNothing()),
  );
  const finish = database.prepare<{ id: string }>((value) =>
    query.updateTable('inbox').set({ state: 'done' }).where('id', '=', value('id')),
  );
  return {
    accept: async (message) => {
      const seal = await sealing.person(message.person);
      const { id, channel, person, conversation, at } = message;
      const dedupe = sealing.hash('inbox', `${channel}\0${message.channelMessageId}`);
      const payload = seal.seal({ table: 'inbox', rowId: id }, encode(message));
      const row = { id, dedupe, channel, person, conversation, at, state: 'open', payload };
      const [result] = await database.write([insert(row)]);
      return result?.changes === 1 ? 'accepted' : 'duplicate';
    },
    finish: (id) => finish({ id }),
    open: async () => {
      const rows = await query
        .selectFrom('inbox')
        .select(['id', 'person', 'payload'])
        .where('state', '=', 'open')
        .orderBy('id')
        .limit(openMax)
        .execute();
      const messages = rows.map(async ({ id, person, payload }) => {
        try {
          const seal = await sealing.person(person);
          return [decode<InboundMessage>(seal.open({ table: 'inbox', rowId: id }, payload))];
        } catch (error) {
          if (!isUnreadable(error)) throw error;
          report(error, `message ${id}`);
          return [];
        }
      });
      return (await Promise.all(messages)).flat();
    },
  };
}
