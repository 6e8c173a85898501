// Owns the tables of memory and their migrations. Refuses plain words: items are sealed, and the
// index holds keyed hashes of stems, so that a search works and a look at the file tells nothing.

import { columnTypes } from '@opencomputer/contracts/internal';
import type { Dialect, Migration, ProvenTable, Statement } from '@opencomputer/contracts/internal';

/** Rows of `memory_items`. The text is in the sealed payload. */
export type MemoryTable = {
  id: string;
  person: string;
  source: string;
  trust: string;
  at: number;
  payload: Uint8Array;
};

/** Rows of the index: hashed stems of one item, separated by spaces. */
export type MemoryIndexTable = { item: string; person: string; stems: string };

/** The tables of this folder. */
export type MemoryTables = { memory_items: MemoryTable; memory_index: MemoryIndexTable };

/** Rows whose payload is sealed under their own place. */
export const memorySealed: readonly ProvenTable[] = [{ table: 'memory_items', columns: ['id'] }];

/** Migrations of the component `memory`. */
export const memoryMigrations: readonly Migration[] = [
  { component: 'memory', version: 1, up: (dialect) => createTables(dialect) },
];

function createTables(dialect: Dialect): readonly Statement[] {
  const { text, integer, bytes } = columnTypes[dialect];
  const index =
    dialect === 'sqlite'
      ? ['create virtual table memory_index using fts5(item unindexed, person unindexed, stems)']
      : [
          `create table memory_index (item ${text} primary key, person ${text} not null,
            stems text not null)`,
          `create index memory_index_stems on memory_index
            using gin (to_tsvector('simple', stems))`,
        ];
  const statements = [
    `create table memory_items (
      id ${text} primary key, person ${text} not null, source ${text} not null,
      trust ${text} not null, at ${integer} not null, payload ${bytes} not null)`,
    `create index memory_items_person on memory_items (person, at)`,
    `create index memory_items_source on memory_items (person, source)`,
    ...index,
  ];
  return statements.map((sql) => ({ sql, parameters: [] }));
}
