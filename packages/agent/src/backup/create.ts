// Owns the making of a backup while the agent works: first the database as of one instant, then the
// files of plugins, so that a call which is in neither or only in a file is simply made again.
// Refuses to begin without room for the copy.

import { createReadStream } from 'node:fs';
import { open, readlink, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import { BackupWriter } from './backup-writer.ts';
import { chunkBytes } from './chunk-cipher.ts';
import { copyName, databaseName, listContents, unlessGone } from './contents.ts';
import { makeFolder } from './folder-sync.ts';
import type { BackupEnd, BackupEntry } from './format.ts';
import type { PassphraseKey } from './passphrase.ts';
import { noteBegin, noteEnd, removeLeft } from './under-way.ts';

/** What a backup is made of. */
export interface BackupSource {
  /** The data directory, held by this process. */
  readonly directory: string;
  /** Copies the database to a new file; absent where there is no file. */
  readonly copyDatabase?:
    | ((to: string, progress?: (remaining: number, total: number) => void) => Promise<void>)
    | undefined;
  readonly databaseBytes: () => Promise<number>;
  /** Places of the store that are known to be damaged. */
  readonly damaged: () => Promise<number>;
  readonly version: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** How far a backup is. */
export interface BackupProgress {
  readonly done: number;
  readonly total: number;
}

/** What became of it. */
export interface MadeBackup extends Omit<BackupEnd, 'end'> {
  readonly path: string;
  readonly createdAt: number;
}

/** Room for more than the copy, so that the agent itself can go on writing. */
const spareBytes = 16 * 1024 * 1024;

/**
 * Writes one backup file. Rejects with BACKUP_UNSUPPORTED on PostgreSQL, with STORE_FULL without
 * room for the copy; a file that is not whole never has its name.
 */
export async function createBackup(
  source: BackupSource,
  to: { readonly path: string; readonly key: PassphraseKey },
  report: (progress: BackupProgress) => void = () => undefined,
): Promise<MadeBackup> {
  if (source.copyDatabase === undefined) throw new AgentError('BACKUP_UNSUPPORTED');
  removeLeft(source.directory);
  const copy = join(source.directory, copyName);
  await rm(copy, { force: true });
  const bytes = await source.databaseBytes();
  const { bavail, bsize } = await statfs(source.directory);
  if (bavail * bsize < bytes + spareBytes) throw new AgentError('STORE_FULL');
  await makeFolder(dirname(to.path));
  const createdAt = source.now();
  const damaged = await source.damaged();
  const { version } = source;
  noteBegin(source.directory, to.path);
  const writer = await BackupWriter.begin({ ...to, version, createdAt });
  try {
    await source.copyDatabase(copy, (remaining, total) =>
      report({ done: total - remaining, total: total * 2 }),
    );
    await addFile(writer, { from: copy, path: databaseName }, (done, total) =>
      report({ done: total + done, total: total * 2 }),
    );
    for (const entry of await listContents(source.directory)) {
      const from = join(source.directory, entry.path);
      if (entry.link === true) await addLink(writer, entry, from);
      else await addFile(writer, { from, path: entry.path });
    }
    const { files, bytes: written } = await writer.finish({ damaged });
    return { path: to.path, createdAt, files, bytes: written, damaged };
  } catch (error) {
    await writer.abandon();
    throw error;
  } finally {
    noteEnd(source.directory);
    await rm(copy, { force: true });
  }
}

async function addLink(writer: BackupWriter, entry: BackupEntry, from: string): Promise<void> {
  const found = await readlink(from).catch(unlessGone);
  if (found === undefined) return;
  const target = Buffer.from(found);
  async function* content(): AsyncGenerator<Buffer, void, void> {
    yield target;
  }
  await writer.add({ ...entry, bytes: target.length }, content());
}

/**
 * By one descriptor from beginning to end: a file that is replaced meanwhile is read as it was, and
 * one in a folder, as of a plugin, that was removed since it was listed is left out.
 */
async function addFile(
  writer: BackupWriter,
  { from, path }: { readonly from: string; readonly path: string },
  report: (done: number, total: number) => void = () => undefined,
): Promise<void> {
  const opened = open(from, 'r');
  const handle = await (path.includes('/') ? opened.catch(unlessGone) : opened);
  if (handle === undefined) return;
  try {
    const { size, mode } = await handle.stat();
    const entry: BackupEntry = { path, bytes: size, mode: mode & 0o777 };
    const stream = createReadStream(from, {
      fd: handle,
      autoClose: false,
      highWaterMark: chunkBytes,
      ...(size > 0 && { end: size - 1 }),
    }) as AsyncIterable<Buffer>;
    let done = 0;
    async function* counted(): AsyncGenerator<Buffer, void, void> {
      if (size === 0) return;
      for await (const piece of stream) {
        yield piece;
        report((done += piece.length), size);
      }
    }
    await writer.add(entry, counted());
  } finally {
    await handle.close();
  }
}
