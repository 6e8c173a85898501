// Owns the inbox: a message is accepted once, for ever, and durably before anybody works on it, and
// each start of its turn is counted. Refuses the channel's own message ids in the clear.

import { AgentError } from '@opencomputer/contracts';
import { sql } from 'kysely';
import type { InboundMessage } from '@opencomputer/contracts';
import type {
  Database,
  KnownMessage,
  Mailbox,
  OpenMessage,
  Sealing,
  Statement,
} from '@opencomputer/contracts/internal';
import { decode, encode } from './payload.ts';
import { inboxProven } from './tables.ts';
import type { ChannelTables, InboxTable } from './tables.ts';

/** Rows read at once while all of them are listed. */
const pageRows = 1_000;

/** The part of the mailbox that is about messages on their way in. */
export type Inbox = Pick<
  Mailbox,
  | 'accept'
  | 'begin'
  | 'known'
  | 'leave'
  | 'park'
  | 'unpark'
  | 'finish'
  | 'open'
  | 'next'
  | 'read'
  | 'parked'
>;

/** The inbox over the store. */
export function createInbox(database: Database, sealing: Sealing): Inbox {
  const insert = prepareInsert(database);
  const begin = prepareCount(database, 1);
  const leave = prepareCount(database, -1);
  const settle = prepareSettle(database);
  const proofs = sealing.rows(inboxProven);
  return {
    accept: async (message) => {
      const seal = await sealing.person(message.person);
      const { id, channel, person, conversation, at } = message;
      const dedupe = dedupeOf(sealing, message);
      const payload = seal.seal({ table: 'inbox', rowId: id }, encode(message));
      const state = 'open' as const;
      const row = { id, dedupe, channel, person, conversation, at, state, attempts: 1, payload };
      const proof = proofs.prove(row);
      const [result] = await database.write([insert({ ...row, proof })]);
      return result?.changes === 1 ? 'accepted' : 'duplicate';
    },
    known: (message) => readKnown(database, dedupeOf(sealing, message)),
    begin: async (id) => {
      await database.write([begin({ id })]);
    },
    leave: async (ids) => {
      const statements = ids.map((id) => leave({ id }));
      if (statements.length > 0) await database.write(statements, { durable: false });
    },
    park: (id) => settle({ id, state: 'parked' }),
    unpark: (id) => prepareUnpark(database)({ id }),
    finish: (id) => settle({ id, state: 'done' }),
    open: () => list(database, 'open'),
    next: async (conversation) => {
      const query = database.query.$extendTables<ChannelTables>();
      const row = await query
        .selectFrom('inbox')
        .select(['id', 'person', 'conversation', 'attempts'])
        .where('conversation', '=', conversation)
        .where('state', '=', sql.lit('open'))
        .orderBy('id')
        .limit(1)
        .executeTakeFirst();
      return row && toOpen(row);
    },
    read: (id) => readMessage(database, sealing, id),
    parked: (person) => list(database, 'parked', person),
  };
}

type Settled = Pick<InboxTable, 'id' | 'state'>;

/** The keyed hash by which a message of a channel is known. */
function dedupeOf(
  sealing: Sealing,
  { channel, channelMessageId }: Parameters<Mailbox['known']>[0],
): string {
  return sealing.hash('inbox', `${channel}\0${channelMessageId}`);
}

async function readKnown(database: Database, dedupe: string): Promise<KnownMessage | undefined> {
  const row = await database.query
    .$extendTables<ChannelTables>()
    .selectFrom('inbox')
    .select(['id', 'person', 'conversation', 'attempts', 'state'])
    .where('dedupe', '=', dedupe)
    .executeTakeFirst();
  return row && { ...toOpen(row), state: row.state };
}

function prepareInsert(database: Database): (row: InboxTable) => Statement {
  const query = database.query.$extendTables<ChannelTables>();
  return database.prepare<InboxTable>((value) =>
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
        attempts: value('attempts'),
        payload: value('payload'),
        proof: sql`chain_row('inbox', ${value('proof')})`,
      })
      .onConflict((conflict) => conflict.column('dedupe').doNothing()),
  );
}

function prepareCount(database: Database, change: number): (key: { id: string }) => Statement {
  const query = database.query.$extendTables<ChannelTables>();
  return database.prepare<{ id: string }>((value) =>
    query
      .updateTable('inbox')
      .set((expression) => ({ attempts: expression('attempts', '+', change) }))
      .where('id', '=', value('id'))
      .where('state', '=', 'open'),
  );
}

function prepareSettle(database: Database): (end: Settled) => Statement {
  const query = database.query.$extendTables<ChannelTables>();
  return database.prepare<Settled>((value) =>
    query
      .updateTable('inbox')
      .set({ state: value('state') })
      .where('id', '=', value('id')),
  );
}

function prepareUnpark(database: Database): (key: { id: string }) => Statement {
  const query = database.query.$extendTables<ChannelTables>();
  return ({ id }) =>
    query
      .updateTable('inbox')
      .set({ state: 'open', attempts: 0 })
      .where('id', '=', id)
      .where('state', '=', 'parked')
      .compile();
}

function toOpen(row: Omit<OpenMessage, 'starts'> & { attempts: number }): OpenMessage {
  const { id, person, conversation, attempts } = row;
  return { id, person, conversation, starts: Number(attempts) };
}

/** All rows without their payloads: those are opened one by one, when their turn begins. */
async function list(
  database: Database,
  state: KnownMessage['state'],
  person?: string,
): Promise<readonly OpenMessage[]> {
  const all = database.query.$extendTables<ChannelTables>().selectFrom('inbox');
  const query = person === undefined ? all : all.where('person', '=', person);
  const messages: OpenMessage[] = [];
  for (;;) {
    const page = await query
      .select(['id', 'person', 'conversation', 'attempts'])
      .where('state', '=', sql.lit(state))
      .where('id', '>', messages.at(-1)?.id ?? '')
      .orderBy('id')
      .limit(pageRows)
      .execute();
    messages.push(...page.map(toOpen));
    if (page.length < pageRows) return messages;
  }
}

async function readMessage(
  database: Database,
  sealing: Sealing,
  id: string,
): Promise<InboundMessage> {
  const query = database.query.$extendTables<ChannelTables>();
  const row = await query.selectFrom('inbox').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new AgentError('TURN_UNKNOWN', { turn: id });
  sealing.rows(inboxProven).check({ ...row });
  const seal = await sealing.person(row.person);
  return decode<InboundMessage>(seal.open({ table: 'inbox', rowId: id }, row.payload));
}
