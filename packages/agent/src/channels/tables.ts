// Owns the tables of the inbox and the outbox and their migrations. Refuses plain payloads: what a
// person wrote or reads is sealed, and the channel's message id is kept as a keyed hash only.

import { columnTypes } from '@opencomputer/contracts/internal';
import type { Dialect, Migration, Statement } from '@opencomputer/contracts/internal';

/** Rows of `inbox`: one accepted message each. `state` is `open` or `done`. */
export type InboxTable = {
  id: string;
  /** HMAC of channel and channel message id: the same message is accepted once, for ever. */
  dedupe: string;
  channel: string;
  person: string;
  conversation: string;
  at: number;
  state: string;
  payload: Uint8Array;
};

/** Rows of `outbox`: one reply each. `state` is `pending`, `delivered` or `dead`. */
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
};

/** The tables of this folder. */
export type ChannelTables = { inbox: InboxTable; outbox: OutboxTable };

/** Migrations of the component `channels`. */
export const channelMigrations: readonly Migration[] = [
  { component: 'channels', version: 1, up: (dialect) => createTables(dialect) },
];

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
