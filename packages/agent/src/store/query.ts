// Owns the query builder over a database's reads, for both kinds of SQL.
// Refuses transactions and streams: a write is a batch, and rows are bounded.

import { AgentError } from '@opencomputer/contracts';
import type { Dialect, NoTables, Statement } from '@opencomputer/contracts/internal';
import { Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { DatabaseConnection, Driver, QueryResult } from 'kysely';

/** Runs one read and gives its rows. */
export type Read = (statement: Statement) => Promise<readonly object[]>;

/** A builder that compiles for `dialect` and executes through `read`. */
export function createQuery(dialect: Dialect, read: Read): Kysely<NoTables> {
  const driver = createDriver(read);
  return new Kysely<NoTables>({
    dialect:
      dialect === 'sqlite'
        ? {
            createAdapter: () => new SqliteAdapter(),
            createDriver: () => driver,
            createIntrospector: (database) => new SqliteIntrospector(database),
            createQueryCompiler: () => new SqliteQueryCompiler(),
          }
        : {
            createAdapter: () => new PostgresAdapter(),
            createDriver: () => driver,
            createIntrospector: (database) => new PostgresIntrospector(database),
            createQueryCompiler: () => new PostgresQueryCompiler(),
          },
  });
}

/** Every read stands alone, so one stateless connection serves all callers at once. */
function createDriver(read: Read): Driver {
  const connection: DatabaseConnection = {
    async executeQuery<R>(statement: Statement): Promise<QueryResult<R>> {
      return { rows: (await read(statement)) as R[] };
    },
    streamQuery: () => refuse('rows are not streamed'),
  };
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    destroy: async () => {},
    beginTransaction: async () => refuse('a transaction is one batch of `write`'),
    commitTransaction: async () => refuse('a transaction is one batch of `write`'),
    rollbackTransaction: async () => refuse('a transaction is one batch of `write`'),
  };
}

function refuse(problem: string): never {
  throw new AgentError('STORE_FAILED', { problem });
}
