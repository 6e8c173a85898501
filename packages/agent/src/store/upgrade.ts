// Owns bringing an existing database file up to date: on a copy, which takes the file's place whole.
// Refuses to touch the file itself before every migration has succeeded on the copy.

import { chmodSync, closeSync, constants, copyFileSync, fsyncSync, mkdirSync } from 'node:fs';
import { openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import type { Database, Migration } from '@opencomputer/contracts/internal';
import { migrate } from './migrations.ts';
import { failureOf } from './sqlite-failure.ts';

/** Snapshots that are kept; older ones are removed. */
export const snapshotsMax = 3;
/** Folder of the data directory that holds them. */
export const snapshotFolder = 'snapshots';

/** What an upgrade works with. */
export interface UpgradeOptions {
  /** The database file, closed, with nothing in its log. */
  readonly path: string;
  readonly migrations: readonly Migration[];
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly open: (path: string) => Promise<Database>;
}

/**
 * Keeps a snapshot of the file, migrates a copy of it and puts that in its place. Rejects with
 * MIGRATION_FAILED or STORE_FULL; the file is then byte for byte as it was.
 */
export async function upgradeFile(options: UpgradeOptions): Promise<void> {
  const { path, migrations, now, open } = options;
  const directory = dirname(path);
  const draft = `${path}.upgrade`;
  removeDatabase(draft);
  try {
    const snapshot = keepSnapshot(path, now());
    copyWhole(snapshot, draft);
    const database = await open(draft);
    try {
      await migrate(database, { migrations, now, directory });
    } finally {
      await database.close();
    }
    checkLogEmpty(draft);
    checkLogEmpty(path);
    syncPath(draft);
    renameSync(draft, path);
    syncPath(directory);
  } catch (error) {
    removeDatabase(draft);
    throw error instanceof AgentError ? error : toAgentError(error, path);
  }
}

/** Removes a database file with everything beside it that belongs to it. */
export function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
}

function keepSnapshot(path: string, at: number): string {
  const folder = join(dirname(path), snapshotFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  syncPath(dirname(folder));
  const time = new Date(at).toISOString().replaceAll(/[:.]/g, '-');
  const snapshot = join(folder, `store-${time}.sqlite`);
  copyWhole(path, snapshot);
  const names = readdirSync(folder).filter((name) => /^store-.*\.sqlite$/.test(name));
  for (const name of names.toSorted().slice(0, -snapshotsMax)) rmSync(join(folder, name));
  return snapshot;
}

/** Under its name only when it is whole and on the disk; shares blocks where the disk can. */
function copyWhole(from: string, to: string): void {
  const partial = `${to}.partial`;
  copyFileSync(from, partial, constants.COPYFILE_FICLONE);
  chmodSync(partial, 0o600);
  syncPath(partial);
  renameSync(partial, to);
  syncPath(dirname(to));
}

/** A log that is left would be read as a part of whatever file stands beside it. */
function checkLogEmpty(path: string): void {
  if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0) return;
  const problem = `${path}-wal still holds changes`;
  throw new AgentError('STORE_FAILED', { problem });
}

function toAgentError(error: unknown, path: string): AgentError {
  const { code, details } = failureOf(error, path);
  return new AgentError(code, details, { cause: error });
}

/** Waits until a file, or the names in a folder, are on the disk. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
