// Owns the table of the event log and its migrations. Refuses updates: rows are added, and a person
// is erased by destroying the key that their payloads are sealed with.

import { columnTypes } from '@opencomputer/contracts/internal';
import type { Migration, ProvenTable } from '@opencomputer/contracts/internal';

/** Rows of `events`; the payload is sealed, everything else is plain. */
export type EventTable = {
  id: string;
  at: number;
  /** Noun-verb; for an event of a turn, the type of the turn's input. */
  name: string;
  person: string;
  conversation: string | null;
  turn: string | null;
  /** Place in the record of its turn, from 0. */
  seq: number | null;
  version: number;
  payload: Uint8Array;
  proof: Uint8Array | null;
};

/** The tables of this folder. */
export type DriverTables = { events: EventTable };

/** What the proof of an event covers: all of it. */
export const eventsProven: ProvenTable = {
  table: 'events',
  columns: ['id', 'at', 'name', 'person', 'conversation', 'turn', 'seq', 'version'],
};

/** Migrations of the component `driver`. */
export const driverMigrations: readonly Migration[] = [
  {
    component: 'driver',
    version: 1,
    up: (dialect) => {
      const { text, integer, bytes } = columnTypes[dialect];
      const statements = [
        `create table events (
          id ${text} primary key, at ${integer} not null, name ${text} not null,
          person ${text} not null, conversation ${text}, turn ${text}, seq ${integer},
          version ${integer} not null, payload ${bytes} not null)`,
        `create unique index events_turn on events (turn, seq)`,
        `create index events_conversation on events (conversation, turn, seq)`,
        `create index events_name on events (person, name, at)`,
      ];
      return statements.map((sql) => ({ sql, parameters: [] }));
    },
  },
  {
    component: 'driver',
    version: 2,
    up: (dialect) => [
      { sql: `alter table events add column proof ${columnTypes[dialect].bytes}`, parameters: [] },
    ],
  },
];
