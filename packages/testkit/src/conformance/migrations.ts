// Owns what the migrations of every component must hold to, as cases that an author runs against a
// list of them. Refuses to judge what the tables are for.

import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import type { Migration } from '@opencomputer/contracts/internal';
import type { ConformanceCase } from './tool.ts';

/** Names of columns that say they hold words; those belong into a sealed payload. */
const wordy = /^(?:text|title|body|content|message)$/i;

/** The cases for the migrations of one component, which must make `tables`. */
export function migrationConformance(
  migrations: readonly Migration[],
  tables: readonly string[],
): readonly ConformanceCase[] {
  return [
    {
      name: 'versions count from 1 without gaps, and every step works on an empty database',
      run: async () => assertSteps(migrations, tables),
    },
    {
      name: 'no column but the sealed payload can hold words of a person',
      run: async () => {
        for (const sql of migrations.flatMap(({ up }) => up('sqlite').map((step) => step.sql))) {
          assert.ok(!columnsOf(sql).some((name) => wordy.test(name)), sql);
        }
      },
    },
  ];
}

function assertSteps(migrations: readonly Migration[], tables: readonly string[]): void {
  const database = new DatabaseSync(':memory:');
  try {
    for (const [index, { version, up }] of migrations.entries()) {
      assert.equal(version, index + 1);
      for (const { sql } of up('sqlite')) database.exec(sql);
    }
    const made = database.prepare("select name from sqlite_schema where type = 'table'").all();
    for (const table of tables)
      assert.ok(
        made.some(({ name }) => name === table),
        table,
      );
  } finally {
    database.close();
  }
}

function columnsOf(sql: string): readonly string[] {
  const columns = sql.slice(sql.indexOf('(') + 1).split(',');
  return columns.map((column) => column.trim().split(/\s+/)[0] ?? '');
}
