// Owns bringing a backup back: proven whole before anything is touched, put together beside its
// place, and moved there in one step. Refuses to write into a data directory that holds something.

import { mkdir, open, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import { readBackup } from './backup-reader.ts';
import type { BackedUpFile, BackupFacts } from './backup-reader.ts';
import { isOwnLink } from './contents.ts';
import { makeFolder } from './folder-sync.ts';
import type { PassphraseKey } from './passphrase.ts';
import { draftOf, finishRestore, holdsSomething, place } from './placement.ts';
import type { Hold } from './placement.ts';

/** What a restore works with. */
export interface RestoreOptions {
  readonly file: string;
  readonly key: string | PassphraseKey;
  /** The data directory to be. */
  readonly directory: string;
  /** Moves what is there aside instead of refusing. */
  readonly replace: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Takes the lock of an existing data directory. Throws STORE_LOCKED when it is in use. */
  readonly hold: Hold;
  /** Opens the restored store in its temporary place, and says what was held back. */
  readonly settle: (directory: string, createdAt: number) => Promise<readonly HeldBack[]>;
}

/** Something that the backup would have said or done again. */
export interface HeldBack {
  readonly kind: 'reply' | 'message' | 'reminder';
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly text: string;
}

/** What was restored. */
export interface Restored extends BackupFacts {
  readonly held: readonly HeldBack[];
  /** Where the earlier data are now, if there were any. */
  readonly kept?: string;
}

/** Reads all of a backup and uses none of it. Rejects with BACKUP_DAMAGED, BACKUP_PASSPHRASE. */
export async function verifyBackup(
  file: string,
  key: string | PassphraseKey,
): Promise<BackupFacts> {
  return readBackup(file, key, async () => undefined);
}

/** Restores a backup. After an error the data directory is as it was. */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { file, key, directory, replace, now, hold, settle } = options;
  await finishRestore(directory, hold);
  const isThere = await holdsSomething(directory);
  if (isThere && !replace) throw new AgentError('BACKUP_TARGET', { directory });
  const held = isThere ? hold(directory) : undefined;
  const draft = draftOf(directory);
  try {
    await verifyBackup(file, key);
    await rm(draft, { recursive: true, force: true });
    await makeFolder(draft);
    const facts = await readBackup(file, key, (each) => extract(draft, each));
    const heldBack = await settle(draft, facts.createdAt);
    const restoredAt = now();
    const kept = isThere ? `${directory}.before-${stamp(restoredAt)}` : undefined;
    await place(directory, { createdAt: facts.createdAt, restoredAt, kept }, hold);
    return { ...facts, held: heldBack, ...(kept !== undefined && { kept }) };
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  } finally {
    held?.release();
  }
}

async function extract(draft: string, { entry, bytes }: BackedUpFile): Promise<void> {
  const path = join(draft, ...entry.path.split('/'));
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if (entry.link === true) return extractLink(path, { entry, bytes });
  const file = await open(path, 'wx', entry.mode & 0o700);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function extractLink(path: string, { entry, bytes }: BackedUpFile): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of bytes) pieces.push(piece);
  const target = Buffer.concat(pieces).toString('utf8');
  // What the key vouches for could still be written by a program with a defect.
  if (isOwnLink(entry.path, target)) await symlink(target, path);
}

function stamp(at: number): string {
  return new Date(at).toISOString().replaceAll(/[:.]/g, '-');
}

/** How a store is opened and settled after a restore; the composition root fills it in. */
export interface SettleParts<Settled extends { close(): Promise<void> }> {
  /** Opens the store in a directory, with all its tables. */
  readonly openStore: (directory: string) => Promise<Settled>;
  /** What is held back, in the order in which it is told. */
  readonly settle: readonly ((store: Settled, now: number) => Promise<readonly HeldBack[]>)[];
  readonly hold: Hold;
  readonly now: () => number;
}

/** A restore for one kind of store. */
export function createRestore<Settled extends { close(): Promise<void> }>(
  parts: SettleParts<Settled>,
): (options: Pick<RestoreOptions, 'file' | 'key' | 'directory' | 'replace'>) => Promise<Restored> {
  const { openStore, settle: steps, hold, now } = parts;
  const settle = async (directory: string): Promise<readonly HeldBack[]> => {
    const store = await openStore(directory);
    try {
      const held: HeldBack[] = [];
      for (const step of steps) held.push(...(await step(store, now())));
      return held;
    } finally {
      await store.close();
    }
  };
  return (options) => restoreBackup({ ...options, hold, now, settle });
}
