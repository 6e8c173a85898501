// Owns the database of a cluster: the same batches on PostgreSQL, each a serialisable transaction.
// Refuses a write through the reading side, whose connections are read-only.

import { AgentError, isAgentError } from '@opencomputer/contracts';
import type { Clock } from '@opencomputer/contracts';
import type { Database, Statement, WriteResult } from '@opencomputer/contracts/internal';
import type { Pool, PoolClient, QueryConfig } from 'pg';
import { bindBatch, bindParameters } from './batch.ts';
import { isRace, postgresqlFailureOf } from './postgresql-failure.ts';
import { parserOf } from './postgresql-values.ts';
import { prepare } from './prepared.ts';
import { createQuery } from './query.ts';
import { rowsMax } from './sqlite-reader.ts';

/** How a database server is reached. */
export interface PostgresqlOptions {
  /** `postgresql://user:password@host:port/database`. */
  readonly url: string;
  /** Waits between attempts at a batch that lost a race. */
  readonly clock: Pick<Clock, 'after'>;
  /** Connections that write, and as many that read. */
  readonly connectionsMax?: number;
  /** Batches accepted and not yet answered. */
  readonly batchesWaitingMax?: number;
}

const connectionsMaxDefault = 8;
const batchesWaitingMaxDefault = 4096;
/** Of every race one batch wins, so this many losses in a row mean something else is wrong. */
const attemptsMax = 20;
const attemptDelayMs = 2;
const connectTimeoutMs = 10_000;
const idleTimeoutMs = 30_000;

/** Connects, and rejects with STORE_FAILED when the server cannot be reached. */
export async function openPostgresql(options: PostgresqlOptions): Promise<Database> {
  const { default: pg } = await import('pg');
  const connections = options.connectionsMax ?? connectionsMaxDefault;
  const settings = {
    connectionString: options.url,
    max: connections,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleTimeoutMs,
    allowExitOnIdle: true,
    types: { getTypeParser: parserOf },
  };
  const writers = new pg.Pool(settings);
  const readers = new pg.Pool({ ...settings, options: '-c default_transaction_read_only=on' });
  // An idle connection that breaks is replaced by the pool; whoever needs it next learns the rest.
  for (const pool of [writers, readers]) pool.on('error', () => undefined);
  try {
    await readers.query({ text: 'SELECT 1' });
  } catch (error) {
    await Promise.all([writers.end(), readers.end()]);
    throw toError(error);
  }
  return serve(writers, readers, options);
}

function serve(writers: Pool, readers: Pool, options: PostgresqlOptions): Database {
  const waitingMax = options.batchesWaitingMax ?? batchesWaitingMaxDefault;
  const waiting = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  function checkOpen(): void {
    if (closing !== undefined) throw new AgentError('STORE_FAILED', { problem: 'it is closed' });
  }
  async function read(statement: Statement): Promise<Record<string, unknown>[]> {
    checkOpen();
    const text = statement.sql;
    const values = bindParameters(statement);
    return bounded(await guarded(() => readers.query({ text, values, queryMode: 'extended' })));
  }
  async function close(): Promise<void> {
    await Promise.allSettled(waiting);
    await Promise.all([writers.end(), readers.end()]);
  }
  return {
    dialect: 'postgresql',
    query: createQuery('postgresql', read),
    prepare,
    async read<R extends object>(statement: Statement) {
      return (await read(statement)) as R[];
    },
    async write(statements, writeOptions) {
      checkOpen();
      const batch = bindBatch(statements).statements;
      if (waiting.size >= waitingMax) {
        throw new AgentError('STORE_BUSY', { limit: `${waitingMax} batches` });
      }
      const durable = writeOptions?.durable ?? true;
      const work = writeWithRetry({ pool: writers, batch, durable, clock: options.clock });
      waiting.add(work);
      try {
        return await work;
      } finally {
        waiting.delete(work);
      }
    },
    close: () => (closing ??= close()),
  };
}

interface BatchWork {
  readonly pool: Pool;
  readonly batch: readonly Statement[];
  readonly durable: boolean;
  readonly clock: Pick<Clock, 'after'>;
}

async function writeWithRetry(work: BatchWork): Promise<WriteResult[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await writeOnce(work);
    } catch (error) {
      if (!isRace(error) || attempt >= attemptsMax) throw toError(error);
      await new Promise<void>((resolve) => {
        work.clock.after(attempt * attemptDelayMs, resolve);
      });
    }
  }
}

async function writeOnce({ pool, batch, durable }: BatchWork): Promise<WriteResult[]> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL SERIALIZABLE');
    if (!durable) await client.query('SET LOCAL synchronous_commit = off');
    const results: WriteResult[] = [];
    for (const statement of batch) results.push(await execute(client, statement));
    await client.query('COMMIT');
    client.release();
    return results;
  } catch (error) {
    await abandon(client);
    throw error;
  }
}

async function execute(client: PoolClient, statement: Statement): Promise<WriteResult> {
  const config: QueryConfig = {
    text: statement.sql,
    values: statement.parameters,
    queryMode: 'extended',
  };
  const { rows, rowCount, fields } = await client.query(config);
  const changes = fields.length > 0 ? rows.length : (rowCount ?? 0);
  const { expectedChanges } = statement;
  if (expectedChanges !== undefined && changes !== expectedChanges) {
    const expected = `to change ${expectedChanges} rows and changed ${changes}`;
    throw new AgentError('STORE_CONFLICT', { expected });
  }
  return { changes, rows };
}

/** A connection that cannot even roll back is broken: the pool must not hand it out again. */
async function abandon(client: PoolClient): Promise<void> {
  try {
    await client.query('ROLLBACK');
    client.release();
  } catch {
    client.release(true);
  }
}

async function guarded<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toError(error);
  }
}

function toError(error: unknown): AgentError {
  if (isAgentError(error)) return error;
  const { code, details } = postgresqlFailureOf(error);
  return new AgentError(code, details, { cause: error });
}

function bounded({
  rows,
}: {
  readonly rows: Record<string, unknown>[];
}): Record<string, unknown>[] {
  if (rows.length <= rowsMax) return rows;
  const problem = `a read gave ${rows.length} rows; at most ${rowsMax} are accepted`;
  throw new AgentError('STORE_FAILED', { problem });
}
