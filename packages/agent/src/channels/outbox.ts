// Owns the outbox: a reply is kept until it was delivered, by a reader who took it or by a channel
// that delivers by itself. Refuses to deliver: it says what waits, and is told what arrived.

import { sql } from 'kysely';
import type { OutboundReply } from '@opencomputer/contracts';
import type { Database, Mailbox, Sealing, Statement } from '@opencomputer/contracts/internal';
import { decode, encode, isUnreadable, timeOf } from './payload.ts';
import type { Report } from './payload.ts';
import { outboxProven } from './tables.ts';
import type { ChannelTables, OutboxTable } from './tables.ts';
import { prepareSettle, Unrecorded } from './unrecorded.ts';

/** Replies shown at once to a person who comes back; older ones come with the next call. */
const waitingMax = 50;

/** Channels that deliver by themselves, and what they get. */
export interface PushedChannel {
  readonly name: string;
  /** A copy of what the agent says by itself, or of every reply; absent: only what is for it. */
  readonly copies?: 'notices' | 'all';
}

/** What an outbox is made of. */
export interface OutboxOptions {
  readonly report?: Report;
  readonly pushed?: readonly PushedChannel[];
  /** What was delivered and is not recorded yet. */
  readonly unrecorded?: Unrecorded;
}

/** The part of the mailbox that is about replies. */
export type Outbox = Pick<Mailbox, 'enqueue' | 'hold' | 'release' | 'delivered' | 'waiting'>;

/**
 * The outbox over the store. A reply that was altered is told to `report` once, marked as dead and
 * left out: it must not keep the others from being shown.
 */
export function createOutbox(
  database: Database,
  sealing: Sealing,
  { report = () => undefined, pushed = [], unrecorded: given }: OutboxOptions = {},
): Outbox {
  const unrecorded = given ?? new Unrecorded({ database, report });
  const proofs = sealing.rows(outboxProven);
  const insert = prepareInsert(database);
  const settle = prepareSettle(database);
  const held = new Set<string>();
  const seal = async (reply: OutboundReply): Promise<Statement> => {
    const { id, channel, person, conversation } = reply;
    const key = await sealing.person(person);
    const payload = key.seal({ table: 'outbox', rowId: id }, encode(reply));
    const turn = reply.turn ?? null;
    const at = timeOf(id);
    const row = { id, channel, person, conversation, turn, at, payload };
    return insert({ ...row, state: 'pending', attempts: 0, proof: proofs.prove(row) });
  };
  const bury = async (id: string, error: unknown): Promise<void> => {
    if (!isUnreadable(error)) throw error;
    report(error, `reply ${id}`);
    await database.write([settle({ id, state: 'dead' })], { durable: false });
  };
  return {
    enqueue: (reply) => Promise.all([reply, ...copiesOf(reply, pushed)].map(seal)),
    hold: (id) => {
      held.add(id);
    },
    release: (id) => {
      held.delete(id);
    },
    delivered: async (replyIds) => {
      await unrecorded.record(replyIds);
      for (const id of replyIds) held.delete(id);
    },
    waiting: async (person) => {
      const limit = waitingMax + held.size + unrecorded.size;
      const names = pushed.map(({ name }) => name);
      const rows = await selectWaiting(database, names, { person, limit });
      const replies: OutboundReply[] = [];
      for (const row of rows) {
        if (held.has(row.id) || unrecorded.has(row.id)) continue;
        if (replies.length === waitingMax) break;
        try {
          replies.push(await openReply(sealing, row));
        } catch (error) {
          await bury(row.id, error);
        }
      }
      return replies;
    },
  };
}

/** The reply of a row. Rejects with SEAL_BROKEN when it was altered, PERSON_ERASED. */
export async function openReply(sealing: Sealing, row: OutboxTable): Promise<OutboundReply> {
  sealing.rows(outboxProven).check({ ...row });
  const key = await sealing.person(row.person);
  return decode(key.open({ table: 'outbox', rowId: row.id }, row.payload));
}

/** The same words for another channel are a row of their own, with an identifier made from both. */
function copiesOf(
  reply: OutboundReply,
  pushed: readonly PushedChannel[],
): readonly OutboundReply[] {
  return pushed.flatMap(({ name, copies }) => {
    const isWanted = copies === 'all' || (copies === 'notices' && reply.turn === undefined);
    return isWanted && name !== reply.channel
      ? [{ ...reply, id: `${reply.id}.${name}`, channel: name }]
      : [];
  });
}

function selectWaiting(
  database: Database,
  pushed: readonly string[],
  { person, limit }: { readonly person: string; readonly limit: number },
): Promise<readonly OutboxTable[]> {
  const query = database.query.$extendTables<ChannelTables>();
  const waiting = query
    .selectFrom('outbox')
    .selectAll()
    .where('person', '=', person)
    .where('state', '=', sql.lit('pending'));
  const own = pushed.length > 0 ? waiting.where('channel', 'not in', pushed) : waiting;
  return own.orderBy('at').orderBy('id').limit(limit).execute();
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
      proof: sql`chain_row('outbox', ${value('proof')})`,
    }),
  );
}
