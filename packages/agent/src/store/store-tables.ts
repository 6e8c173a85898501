// Owns the tables of the store itself and their migrations. Refuses what components keep: each has
// its own.

import { columnTypes } from '@opencomputer/contracts/internal';
import type { Migration } from '@opencomputer/contracts/internal';
import { personKeysMigration } from './person-keys.ts';

/** Rows of `chain_heads`: where the chain of each proven table ends. */
export type ChainHeadTable = {
  name: string;
  position: number;
  link: Uint8Array | null;
  /** Keyed mark: rows from before there were proofs have got theirs. */
  whole: string | null;
};

/** Rows of `damage`: what was found altered, once each. */
export type DamageTable = { place: string; at: number; problem: string };

/** The tables of this folder that queries name. */
export type StoreTables = { chain_heads: ChainHeadTable; damage: DamageTable };

const proofMigration: Migration = {
  component: 'store',
  version: 2,
  up: (dialect) => {
    const { text, integer, bytes } = columnTypes[dialect];
    const statements = [
      `create table chain_heads (name ${text} primary key, position ${integer} not null,
        link ${bytes}, whole ${text})`,
      `create table damage (place ${text} primary key, at ${integer} not null,
        problem ${text} not null)`,
    ];
    // Many processes write to PostgreSQL at once: rows vouch for themselves there, not for others.
    if (dialect === 'postgresql') {
      statements.push(
        `create function chain_row(text, bytea) returns bytea
          language sql immutable as 'select $2'`,
      );
    }
    return statements.map((sql) => ({ sql, parameters: [] }));
  },
};

/** Migrations of the component `store`. */
export const storeMigrations: readonly Migration[] = [personKeysMigration, proofMigration];
