// Owns one prepared statement of node:sqlite: rows as plain objects, changes as a number.
// Refuses text that holds more than one statement, of which SQLite would run only the first.

import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { FailureError } from './sqlite-failure.ts';

/** A row as both databases give it: a plain object. */
export type Row = Record<string, unknown>;

/** A statement ready to run. */
export interface PreparedStatement {
  readonly returnsRows: boolean;
  /** Runs it and gives its rows. */
  all(parameters: readonly unknown[]): Row[];
  /** Runs it and gives the number of rows it changed. */
  run(parameters: readonly unknown[]): number;
}

/** Prepares one statement. Throws what SQLite throws, and STORE_FAILED for a second statement. */
export function prepareStatement(database: DatabaseSync, sql: string): PreparedStatement {
  const statement = database.prepare(sql, { returnArrays: true });
  if (statement.sourceSQL.length < sql.trimEnd().length) {
    const problem = 'a statement holds more than one statement';
    throw new FailureError({ code: 'STORE_FAILED', details: { problem } });
  }
  let names = statement.columns().map((column) => column.name);
  const countsChanges = /^\s*(?:insert|update|delete|replace|with)\b/i.test(sql);
  return {
    returnsRows: names.length > 0,
    all(parameters) {
      // With returnArrays each row is an array, which the types of node:sqlite do not say.
      const rows = statement.all(...(parameters as SQLInputValue[])) as unknown as unknown[][];
      const width = rows[0]?.length;
      if (width !== undefined && width !== names.length) {
        names = statement.columns().map((column) => column.name);
      }
      return rows.map((values) => toRow(names, values));
    },
    run(parameters) {
      const { changes } = statement.run(...(parameters as SQLInputValue[]));
      // SQLite leaves the count of the statement before it when a statement changes no rows.
      return countsChanges ? Number(changes) : 0;
    },
  };
}

function toRow(names: readonly string[], values: readonly unknown[]): Row {
  const row: Row = {};
  let index = 0;
  for (const name of names) row[name] = values[index++];
  return row;
}
