// Owns the simulated disk: a real SQLite database in memory behind the real writer, which outlives
// every crash, and doors to it that die with their process. Refuses threads, files and time.

import { createSecretKey, randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { Database, Sealing, Statement } from '@opencomputer/contracts/internal';
import {
  channelMigrations,
  inboxProven,
  outboxProven,
} from '../../packages/agent/src/channels/index.ts';
import { driverMigrations, eventsProven } from '../../packages/agent/src/driver/index.ts';
import { beginChains } from '../../packages/agent/src/store/begin-chains.ts';
import { migrate } from '../../packages/agent/src/store/migrations.ts';
import { prepare } from '../../packages/agent/src/store/prepared.ts';
import { createQuery } from '../../packages/agent/src/store/query.ts';
import { openSealing } from '../../packages/agent/src/store/sealing.ts';
import { prepareStatement } from '../../packages/agent/src/store/sqlite-statement.ts';
import type { PreparedStatement } from '../../packages/agent/src/store/sqlite-statement.ts';
import { storeMigrations } from '../../packages/agent/src/store/store-tables.ts';
import { WriteQueue } from '../../packages/agent/src/store/write-queue.ts';
import { Writer } from '../../packages/agent/src/store/writer.ts';
import type { BatchReply, WriteGroup } from '../../packages/agent/src/store/writer-protocol.ts';
import { workflowMigrations } from '../../packages/agent/src/workflows/index.ts';

/** How a process reaches the disk: each group of writes and each read may be its last. */
export interface DiskDoor {
  /** Commits by `run` when and if it wants to, and answers. */
  write(run: () => readonly BatchReply[], answer: (replies: readonly BatchReply[]) => void): void;
  /** False: the process is dead, and nobody gets an answer. */
  isOpen(): boolean;
}

/** What is on the disk, and the ways to it. */
export interface Disk {
  readonly sealing: Sealing;
  /** A process opens it: nothing of the process before is left but what was committed. */
  open(door: DiskDoor): Database;
  /** What a look from outside sees. */
  rows<Row>(sql: string): readonly Row[];
  close(): void;
}

const limits = {
  batchesWaitingMax: 4096,
  bytesWaitingMax: 64 * 1024 * 1024,
  groupBytesMax: 4 * 1024 * 1024,
  groupBatchesMax: 256,
};
const now = (): number => Date.UTC(2026, 0, 1);

/** A disk with all tables and keys, as after the first start. */
export async function createDisk(): Promise<Disk> {
  const memory = new DatabaseSync(':memory:');
  const statements = new Map<string, PreparedStatement>();
  const read = (statement: Statement): object[] => {
    const known = statements.get(statement.sql) ?? prepareStatement(memory, statement.sql);
    statements.set(statement.sql, known);
    return known.all(statement.parameters);
  };
  const setUp: DiskDoor = { write: (run, answer) => answer(run()), isOpen: () => true };
  let chainKey: Uint8Array | undefined;
  const open = (door: DiskDoor): Database => {
    const writer = new Writer(memory, 'memory');
    if (chainKey !== undefined) writer.chain(chainKey);
    const queue: WriteQueue = new WriteQueue(
      (group: WriteGroup) =>
        door.write(
          () => writer.run(group),
          (replies) => queue.settle(replies),
        ),
      limits,
    );
    const query = createQuery('sqlite', async (statement) => answered(door, () => read(statement)));
    return {
      dialect: 'sqlite',
      query,
      prepare,
      read: async <Row extends object>(statement: Statement) =>
        answered(door, () => read(statement) as Row[]),
      write: async (batch, options) =>
        door.isOpen() ? queue.add(batch, options?.durable ?? true) : never(),
      close: async () => undefined,
    };
  };
  const database = open(setUp);
  const migrations = [
    ...storeMigrations,
    ...channelMigrations,
    ...driverMigrations,
    ...workflowMigrations,
  ];
  await migrate(database, { migrations, now, directory: 'memory' });
  const sealing = await openSealing({ database, rootKey: rootKeyInMemory(), now });
  const tables = [inboxProven, outboxProven, eventsProven];
  const chained = open(setUp);
  await beginChains({
    database: chained,
    sealing,
    tables,
    chain: async (key) => {
      chainKey = key;
    },
  });
  return {
    sealing,
    open,
    rows: <Row>(sql: string) => memory.prepare(sql).all() as Row[],
    close: () => memory.close(),
  };
}

/** A dead process reads nothing. */
function answered<Result>(door: DiskDoor, read: () => Result): Result | Promise<Result> {
  return door.isOpen() ? read() : never();
}

function never<Result>(): Promise<Result> {
  return new Promise<Result>(() => undefined);
}

/** Keys need no protection from a memory that holds the data too. */
function rootKeyInMemory(): Parameters<typeof openSealing>[0]['rootKey'] {
  createSecretKey(randomBytes(32));
  return {
    prepare: async () => undefined,
    wrap: async (_context, key) => key,
    unwrap: async (_context, wrapped) => wrapped,
  };
}
