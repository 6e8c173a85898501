// Owns the database file: made whole or not at all, recognised, opened with our settings.
// Refuses to touch a file that is not ours, is damaged, or comes from a newer program.

import { accessSync, closeSync, constants, existsSync, fsyncSync, openSync } from 'node:fs';
import { readSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FailureError } from './sqlite-failure.ts';
import type { WriterSettings } from './writer-protocol.ts';

/** "OCPU": marks the file as ours (PRAGMA application_id). */
const applicationId = 0x4f435055;
/** Raised when a program that knows only the earlier one must not open the file. */
const fileVersion = 1;
const headerText = 'SQLite format 3\0';

/**
 * Opens the database for writing, and makes it first where there is none. The caller must own
 * the directory. Throws STORE_DAMAGED, STORE_NEWER or STORE_UNREADABLE with nothing changed.
 */
export function openStoreFile({ path, busyTimeoutMs }: WriterSettings): DatabaseSync {
  if (!existsSync(path)) createStoreFile(path);
  checkHeader(path);
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    checkIdentity(database, path);
    checkLength(database, path);
    // secure_delete overwrites what is erased; WAL frames of it go with the next checkpoint.
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;' +
        'PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;' +
        'PRAGMA journal_size_limit = 16777216',
    );
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A second connection that cannot write, for the calling thread. */
export function openForReading({ path, busyTimeoutMs }: WriterSettings): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true, timeout: busyTimeoutMs });
  database.exec('PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF');
  return database;
}

/** Made beside its place and renamed into it, so that an existing file is never half-made. */
function createStoreFile(path: string): void {
  if (existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0) {
    throw damaged(path, 'the file is missing and its log is still there');
  }
  const draft = `${path}.new`;
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(draft + suffix, { force: true });
  // SQLite gives the log and its index the mode of the database file: the file comes first.
  closeSync(openSync(draft, 'wx', 0o600));
  const database = new DatabaseSync(draft);
  database.exec(
    `PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${fileVersion};` +
      'PRAGMA journal_mode = WAL',
  );
  database.close();
  syncPath(draft);
  renameSync(draft, path);
  syncPath(dirname(path));
}

/** Must run before SQLite has the file open: closing any descriptor drops SQLite's locks. */
function checkHeader(path: string): void {
  accessSync(path, constants.R_OK | constants.W_OK);
  const header = Buffer.alloc(headerText.length);
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, header, 0, header.length, 0);
  } finally {
    closeSync(descriptor);
  }
  if (statSync(path).size === 0) throw damaged(path, 'the file is empty');
  if (header.toString('latin1') !== headerText) throw damaged(path, 'it is not a database');
}

function checkIdentity(database: DatabaseSync, path: string): void {
  if (pragma(database, 'application_id') !== applicationId) {
    throw damaged(path, 'it belongs to another program');
  }
  if (pragma(database, 'user_version') > fileVersion) {
    throw new FailureError({ code: 'STORE_NEWER', details: { directory: dirname(path) } });
  }
}

/** Pages may be missing from the file only while they are in the log: then every page is read. */
function checkLength(database: DatabaseSync, path: string): void {
  const bytes = pragma(database, 'page_count') * pragma(database, 'page_size');
  if (statSync(path).size >= bytes) return;
  const [problem] = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {});
  if (problem !== 'ok') throw damaged(path, `the file is cut short: ${String(problem)}`);
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
}

function damaged(file: string, problem: string): FailureError {
  return new FailureError({ code: 'STORE_DAMAGED', details: { file, problem } });
}

function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
