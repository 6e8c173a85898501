// Owns the embedded database: one writer on its own thread, reads in the calling thread.
// Refuses a second owner of the file: whoever opens it holds the data directory's lock.

import { AgentError } from '@opencomputer/contracts';
import type { Clock } from '@opencomputer/contracts';
import type { Database } from '@opencomputer/contracts/internal';
import { prepare } from './prepared.ts';
import { createQuery } from './query.ts';
import { failureOf } from './sqlite-failure.ts';
import { openReader } from './sqlite-reader.ts';
import type { SqliteReader } from './sqlite-reader.ts';
import { toAgentError } from './write-queue.ts';
import type { WriteLimits } from './write-queue.ts';
import { openWriterLink } from './writer-link.ts';
import type { WriterLink } from './writer-link.ts';
import type { CutNotice, WriterSettings } from './writer-protocol.ts';

/** How an embedded database is opened. */
export interface SqliteOptions {
  /** Database file in a data directory that the caller owns. */
  readonly path: string;
  /** Code of the writer thread; by default the module beside this one. */
  readonly writerUrl?: URL;
  readonly limits?: Partial<WriteLimits>;
  /** See `WriterLinkOptions`. */
  readonly clock?: Pick<Clock, 'monotonic'>;
}

/** The embedded database. */
export interface SqliteDatabase extends Database {
  /** What was found cut off the log when it was opened. */
  readonly cut?: CutNotice;
  /** Moves the log into the database file and empties it, so that erased bytes are gone. */
  checkpoint(): Promise<void>;
  /** Gives the chains of rows their key: until then no row with a proof can be written. */
  chain(key: Uint8Array): Promise<void>;
}

const limitsDefault: WriteLimits = {
  batchesWaitingMax: 4096,
  bytesWaitingMax: 64 * 1024 * 1024,
  groupBytesMax: 4 * 1024 * 1024,
  groupBatchesMax: 256,
};
/** Nobody else should hold the file; this covers a backup or a shell that looks into it. */
const busyTimeoutMs = 5000;

/**
 * Opens the file, and makes it where there is none. Rejects with STORE_DAMAGED, STORE_NEWER,
 * STORE_UNREADABLE or STORE_FULL, and has then changed nothing.
 */
export async function openSqlite(options: SqliteOptions): Promise<SqliteDatabase> {
  const { path, clock } = options;
  const settings: WriterSettings = { path, busyTimeoutMs };
  const link = await openWriterLink({
    url: options.writerUrl ?? new URL('./writer-thread.ts', import.meta.url),
    settings,
    limits: { ...limitsDefault, ...options.limits },
    ...(clock && { clock }),
  });
  try {
    return serve(link, openReader(settings));
  } catch (error) {
    await link.stop();
    throw toAgentError(failureOf(error, path));
  }
}

function serve(link: WriterLink, reader: SqliteReader): SqliteDatabase {
  const { cut } = link.opened;
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    await link.queue.drained();
    // The writer is the last to close: SQLite then empties the log and removes it.
    reader.close();
    await link.stop();
  }
  function checkOpen(): void {
    if (closing !== undefined) throw new AgentError('STORE_FAILED', { problem: 'it is closed' });
  }
  return {
    ...(cut && { cut }),
    dialect: 'sqlite',
    query: createQuery('sqlite', async (statement) => {
      checkOpen();
      return reader.read(statement);
    }),
    prepare,
    async read<R extends object>(statement: Parameters<Database['read']>[0]) {
      checkOpen();
      return reader.read(statement) as R[];
    },
    async write(statements, writeOptions) {
      checkOpen();
      return link.queue.add(statements, writeOptions?.durable ?? true);
    },
    async checkpoint() {
      checkOpen();
      await link.ask({ kind: 'checkpoint' });
    },
    async chain(key) {
      checkOpen();
      await link.ask({ kind: 'chain', key });
    },
    close: () => (closing ??= close()),
  };
}
