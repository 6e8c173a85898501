// Owns the table of timers and its migrations. Refuses plain texts: what a timer says is sealed.

import { columnTypes } from '@opencomputer/contracts/internal';
import type { Migration, ProvenTable, Sealing } from '@opencomputer/contracts/internal';

/** Rows of `timers`: one per person, plugin and the plugin's own id of it. */
export type TimerTable = {
  /** Keyed hash of person, plugin and id. */
  key: string;
  person: string;
  plugin: string;
  conversation: string;
  /** Milliseconds since the Unix epoch. */
  at: number;
  payload: Uint8Array;
};

/** The tables of this folder. */
export type WorkflowTables = { timers: TimerTable };

/** The key of a timer's row. */
export function timerKey(
  sealing: Pick<Sealing, 'hash'>,
  { person, plugin, id }: { readonly person: string; readonly plugin: string; readonly id: string },
): string {
  return sealing.hash('timers', `${person}\0${plugin}\0${id}`);
}

/** Rows whose payload is sealed under their own place. */
export const timersSealed: readonly ProvenTable[] = [{ table: 'timers', columns: ['key'] }];

/** Migrations of the component `workflows`. */
export const workflowMigrations: readonly Migration[] = [
  {
    component: 'workflows',
    version: 1,
    up: (dialect) => {
      const { text, integer, bytes } = columnTypes[dialect];
      const statements = [
        `create table timers (
          key ${text} primary key, person ${text} not null, plugin ${text} not null,
          conversation ${text} not null, at ${integer} not null, payload ${bytes} not null)`,
        `create index timers_at on timers (at)`,
      ];
      return statements.map((sql) => ({ sql, parameters: [] }));
    },
  },
];
