// Owns the embedded database: one writer on its own thread, reads in the calling thread.
// Refuses a second owner of the file: whoever opens it holds the data directory's lock.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AgentError, isAgentError } from '@opencomputer/contracts';
import type { Database } from '@opencomputer/contracts/internal';
import type { CutNotice } from './cut-log.ts';
import { prepare } from './prepared.ts';
import { createQuery } from './query.ts';
import { openReader } from './sqlite-reader.ts';
import { toAgentError, WriteQueue } from './write-queue.ts';
import type { WriteLimits } from './write-queue.ts';
import type { Failure, WriterReply, WriterRequest, WriterSettings } from './writer-protocol.ts';

/** How an embedded database is opened. */
export interface SqliteOptions {
  /** Database file in a data directory that the caller owns. */
  readonly path: string;
  /** Code of the writer thread; by default the module beside this one. */
  readonly writerUrl?: URL;
  readonly limits?: Partial<WriteLimits>;
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
/** Of the writer's own JavaScript; payloads and SQLite's cache are outside it. */
const writerHeap = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 };

/**
 * Opens the file, and makes it where there is none. Rejects with STORE_DAMAGED, STORE_NEWER,
 * STORE_UNREADABLE or STORE_FULL, and has then changed nothing.
 */
export async function openSqlite(options: SqliteOptions): Promise<SqliteDatabase> {
  const settings: WriterSettings = { path: options.path, busyTimeoutMs };
  const worker = new Worker(options.writerUrl ?? new URL('./writer-thread.ts', import.meta.url), {
    name: 'store-writer',
    workerData: settings,
    resourceLimits: writerHeap,
    env: {},
    // Flags of this process, such as a loader or an inspector, are not meant for the writer.
    execArgv: [],
  });
  try {
    const [opened] = (await once(worker, 'message')) as [WriterReply];
    if (opened.kind === 'refused') throw toAgentError(opened.failure);
    const database = serve(worker, settings, { ...limitsDefault, ...options.limits });
    const cut = opened.kind === 'opened' ? opened.cut : undefined;
    return { ...database, ...(cut && { cut }) };
  } catch (error) {
    await worker.terminate();
    if (isAgentError(error)) throw error;
    const problem = `the writer did not start: ${String(error)}`;
    throw new AgentError('STORE_FAILED', { problem }, { cause: error });
  }
}

function serve(worker: Worker, settings: WriterSettings, limits: WriteLimits): SqliteDatabase {
  const reader = openReader(settings);
  const link = linkTo(worker, limits);
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

interface WriterLink {
  readonly queue: WriteQueue;
  /** Resolves when the writer has done it; rejects with the failure it answers. */
  ask(request: WriterRequest): Promise<void>;
  stop(): Promise<void>;
}

/** The worker keeps the process alive only while an answer is due. */
function linkTo(worker: Worker, limits: WriteLimits): WriterLink {
  let stopped: Failure | undefined;
  let due = 0;
  const asked: ((failure: Failure | undefined) => void)[] = [];
  const send = (request: WriterRequest): void => {
    if (stopped !== undefined) return fail(stopped);
    if (due++ === 0) worker.ref();
    worker.postMessage(request);
  };
  const queue = new WriteQueue(send, limits);

  function fail(failure: Failure): void {
    stopped = failure;
    for (const answer of asked.splice(0)) answer(failure);
    queue.fail(failure);
  }
  worker.on('message', (reply: WriterReply) => {
    // The last reply is followed by the thread's end, which `stop` waits for.
    if (--due === 0 && reply.kind !== 'closed') worker.unref();
    if (reply.kind === 'group') queue.settle(reply.replies);
    if (reply.kind === 'done') asked.shift()?.(reply.failure);
  });
  worker.on('error', (error: Error) => {
    fail({ code: 'STORE_FAILED', details: { problem: `the writer ended: ${error.message}` } });
  });
  worker.on('exit', () => {
    fail(stopped ?? { code: 'STORE_FAILED', details: { problem: 'the writer has ended' } });
  });
  // After the listeners: adding one makes the thread count again.
  worker.unref();
  return {
    queue,
    async ask(request) {
      const failure = await new Promise<Failure | undefined>((resolve) => {
        asked.push(resolve);
        send(request);
      });
      if (failure !== undefined) throw toAgentError(failure);
    },
    async stop() {
      if (stopped !== undefined) return;
      const exit = new Promise((resolve) => worker.once('exit', resolve));
      send({ kind: 'close' });
      await exit;
    },
  };
}
