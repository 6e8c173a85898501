// Owns the lock that gives a data directory one owner, and the note that says who it is.
// Refuses to guess from process numbers: the kernel drops the lock when its process ends.

import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AgentError } from '@opencomputer/contracts';

/** Who holds a directory, for the message that a second process gets. */
export interface DirectoryHolder {
  readonly pid: number;
  readonly command: string;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
}

/** The lock, held until `release` or the end of the process, however it ends. */
export interface DirectoryLock {
  release(): void;
}

const lockName = 'owner.lock';
const noteName = 'owner.json';
/** SQLITE_BUSY (sqlite.org/rescode.html). */
const busyCode = 5;

/**
 * Takes the lock or throws STORE_LOCKED naming the holder. The lock is SQLite's own exclusive
 * one on an empty file, because Node has no call for locking files: it works between processes
 * and threads, and needs no cleaning up after a crash.
 */
export function lockDirectory(directory: string, holder: DirectoryHolder): DirectoryLock {
  const lock = takeLock(directory);
  try {
    writeNote(directory, holder);
  } catch (error) {
    lock.close();
    throw error;
  }
  return {
    release() {
      // A second time the note would be that of the next owner.
      if (!lock.isOpen) return;
      rmSync(join(directory, noteName), { force: true });
      lock.close();
    },
  };
}

function takeLock(directory: string): DatabaseSync {
  const path = join(directory, lockName);
  createOnce(path);
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    // The journal in memory, or SQLite would leave a file beside the lock.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === busyCode) {
      throw new AgentError('STORE_LOCKED', { directory, holder: describeHolder(directory) });
    }
    const problem = `${lockName} cannot be locked (${String(error)})`;
    throw new AgentError('STORE_UNREADABLE', { directory, problem }, { cause: error });
  }
}

/** Never opens an existing file: closing any descriptor of it would drop this process's lock. */
function createOnce(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

function writeNote(directory: string, holder: DirectoryHolder): void {
  const draft = join(directory, `${noteName}.new`);
  writeFileSync(draft, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  renameSync(draft, join(directory, noteName));
}

function describeHolder(directory: string): string {
  const note = readNote(directory);
  if (note === undefined) return 'another process';
  const { pid, command, host, since } = note;
  return `process ${pid} (${command}) on ${host} since ${since}`;
}

/** The note is only for people: when it is missing or odd, the lock still holds. */
function readNote(directory: string): DirectoryHolder | undefined {
  try {
    const note: unknown = JSON.parse(readFileSync(join(directory, noteName), 'utf8'));
    return isHolder(note) ? note : undefined;
  } catch {
    return undefined;
  }
}

function isHolder(note: unknown): note is DirectoryHolder {
  return (
    typeof note === 'object' &&
    note !== null &&
    'pid' in note &&
    typeof note.pid === 'number' &&
    'command' in note &&
    typeof note.command === 'string' &&
    'host' in note &&
    typeof note.host === 'string' &&
    'since' in note &&
    typeof note.since === 'string'
  );
}
