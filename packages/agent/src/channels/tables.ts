// Owns the tables of the inbox and the outbox and their migrations. Refuses plain payloads: what a
// person wrote or reads is sealed, and the channel's message id is kept as a keyed hash only.

import { columnTypes } from '@opencomputer/contracts/internal';
import type {
  Dialect,
  KnownMessage,
  Migration,
  ProvenTable,
  Statement,
} from '@opencomputer/contracts/internal';

/** Rows of `inbox`: one accepted message each. */
export type InboxTable = {
  id: string;
  /** HMAC of channel and channel message id: the same message is accepted once, for ever. */
  dedupe: string;
  channel: string;
  person: string;
  conversation: string;
  at: number;
  state: KnownMessage['state'];
  /** How often its turn was started. */
  attempts: number;
  payload: Uint8Array;
  proof: Uint8Array | null;
};

/** Rows of `outbox`: one reply each, for one channel. `state` is `pending`, `delivered`,
 * `dead` (given up, or altered) or `dropped` by the person. */
export type OutboxTable = {
  id: string;
  channel: string;
  person: string;
  conversation: string;
  turn: string | null;
  at: number;
  state: string;
  attempts: number;
  payload: Uint8Array;
  proof: Uint8Array | null;
};

/** The tables of this folder. */
export type ChannelTables = { inbox: InboxTable; outbox: OutboxTable };

/** Migrations of the component `channels`. */
export const channelMigrations: readonly Migration[] = [
  { component: 'channels', version: 1, up: (dialect) => createTables(dialect) },
  { component: 'channels', version: 2, up: (dialect) => countStarts(dialect) },
  { component: 'channels', version: 3, up: (dialect) => addProofs(dialect) },
  { component: 'channels', version: 4, up: () => indexNext() },
];

/** What the proofs of these tables cover; `state` and `attempts` change, and are not covered. */
export const inboxProven: ProvenTable = {
  table: 'inbox',
  columns: ['id', 'dedupe', 'channel', 'person', 'conversation', 'at'],
  states: ['open', 'parked', 'done'],
};
export const outboxProven: ProvenTable = {
  table: 'outbox',
  columns: ['id', 'channel', 'person', 'conversation', 'turn', 'at'],
  states: ['pending', 'delivered', 'dead', 'dropped'],
};

function createTables(dialect: Dialect): readonly Statement[] {
  const { text, integer, bytes } = columnTypes[dialect];
  const statements = [
    `create table inbox (
      id ${text} primary key, dedupe ${text} not null unique, channel ${text} not null,
      person ${text} not null, conversation ${text} not null, at ${integer} not null,
      state ${text} not null, payload ${bytes} not null)`,
    `create index inbox_open on inbox (at) where state = 'open'`,
    `create table outbox (
      id ${text} primary key, channel ${text} not null, person ${text} not null,
      conversation ${text} not null, turn ${text}, at ${integer} not null,
      state ${text} not null, attempts ${integer} not null, payload ${bytes} not null)`,
    `create index outbox_pending on outbox (person, at) where state = 'pending'`,
  ];
  return statements.map((sql) => ({ sql, parameters: [] }));
}

/** A message of the version before counts as started once: it was open when that version ended. */
function countStarts(dialect: Dialect): readonly Statement[] {
  const { integer } = columnTypes[dialect];
  const statements = [
    `alter table inbox add column attempts ${integer} not null default 1`,
    `create index inbox_parked on inbox (person) where state = 'parked'`,
    `create index outbox_dead on outbox (person) where state = 'dead'`,
  ];
  return statements.map((sql) => ({ sql, parameters: [] }));
}

/**
 * What is asked for at every turn or start: the next message of a conversation, all open ones in
 * order, the next replies of a channel.
 * A query uses an index over some rows only when it names their state in its text, not as a parameter.
 */
function indexNext(): readonly Statement[] {
  const statements = [
    `drop index inbox_open`,
    `create index inbox_open on inbox (conversation, id) where state = 'open'`,
    `create index inbox_order on inbox (id) where state = 'open'`,
    `create index outbox_next on outbox (channel, id) where state = 'pending'`,
  ];
  return statements.map((sql) => ({ sql, parameters: [] }));
}

function addProofs(dialect: Dialect): readonly Statement[] {
  return ['inbox', 'outbox'].map((table) => ({
    sql: `alter table ${table} add column proof ${columnTypes[dialect].bytes}`,
    parameters: [],
  }));
}
