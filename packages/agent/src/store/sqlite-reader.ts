// Owns the read-only connection of the calling thread and the statements it keeps ready.
// Refuses to write, and to give more rows than a caller can have meant.

import type { Statement } from '@opencomputer/contracts/internal';
import { AgentError } from '@opencomputer/contracts';
import { bindParameters } from './batch.ts';
import { failureOf, FailureError } from './sqlite-failure.ts';
import { prepareStatement } from './sqlite-statement.ts';
import type { PreparedStatement, Row } from './sqlite-statement.ts';
import { openForReading } from './store-file.ts';
import type { WriterSettings } from './writer-protocol.ts';

/** Statements kept ready; beyond it the one used longest ago is let go. */
const statementsMax = 200;
/** Rows of one read. */
export const rowsMax = 100_000;

/** Reads at once, in the calling thread; sees every commit made before the call. */
export interface SqliteReader {
  read(statement: Statement): Row[];
  close(): void;
}

/** Opens the reading side of a database file that the writer has opened. */
export function openReader(settings: WriterSettings): SqliteReader {
  const database = openForReading(settings);
  const prepared = new Map<string, PreparedStatement>();

  function statementFor(sql: string): PreparedStatement {
    const known = prepared.get(sql);
    const statement = known ?? prepareStatement(database, sql);
    prepared.delete(sql);
    prepared.set(sql, statement);
    if (prepared.size > statementsMax) {
      for (const oldest of prepared.keys()) {
        prepared.delete(oldest);
        break;
      }
    }
    return statement;
  }

  return {
    read(statement) {
      const parameters = bindParameters(statement);
      try {
        return bounded(statementFor(statement.sql).all(parameters));
      } catch (error) {
        const { code, details } = failureOf(error, settings.path);
        throw new AgentError(code, details, { cause: error });
      }
    },
    close: () => database.close(),
  };
}

function bounded(rows: Row[]): Row[] {
  if (rows.length <= rowsMax) return rows;
  const problem = `a read gave ${rows.length} rows; at most ${rowsMax} are accepted`;
  throw new FailureError({ code: 'STORE_FAILED', details: { problem } });
}
