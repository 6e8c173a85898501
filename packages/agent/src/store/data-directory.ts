// Owns the folder that holds everything of one installation: its mode, its owner, its lock.
// Refuses a folder that others own or that cannot be written, and says which and why.

import { accessSync, chmodSync, constants, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { statSync } from 'node:fs';
import { hostname, homedir } from 'node:os';
import { join, parse, resolve } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import { lockDirectory } from './directory-lock.ts';

/** A folder that this process alone holds. */
export interface DataDirectory {
  /** Absolute path. */
  readonly path: string;
  /** Path of a file in it. */
  file(name: string): string;
  /** Lets another process have it. */
  release(): void;
}

/** How a data directory is opened. */
export interface DataDirectoryOptions {
  readonly path: string;
  /** What a second process is told holds the folder, e.g. `agent serve`. */
  readonly command: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** Bits of a mode that let group or others in. */
const foreignBits = 0o077;

/**
 * Makes the folder where there is none (0700), takes its lock, and closes it and its files to
 * others. Throws STORE_UNREADABLE or STORE_LOCKED; the folder is then as it was.
 */
export function openDataDirectory(options: DataDirectoryOptions): DataDirectory {
  const path = resolve(options.path);
  try {
    checkPlace(path);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    closeToOthers(path);
    const since = new Date(options.now()).toISOString();
    const holder = { pid: process.pid, command: options.command, host: hostname(), since };
    const lock = lockDirectory(path, holder);
    closeFilesToOthers(path);
    return { path, file: (name) => join(path, name), release: () => lock.release() };
  } catch (error) {
    if (error instanceof AgentError) throw error;
    throw unusable(path, describe(error), error);
  }
}

/** The home folder or a root, named by mistake, must not be closed to others. */
function checkPlace(path: string): void {
  if (path === parse(path).root) throw unusable(path, 'it is the root of a file system');
  if (path === resolve(homedir())) throw unusable(path, 'it is a home directory');
}

function closeToOthers(path: string): void {
  const { uid, mode } = statSync(path);
  const self = process.getuid?.();
  if (self !== undefined && uid !== self) {
    throw unusable(path, `it belongs to user ${uid}, and this process runs as user ${self}`);
  }
  accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  if (self !== undefined && (mode & foreignBits) !== 0) chmodSync(path, 0o700);
}

/** Plain files of the folder itself; what lies deeper is behind the folder's own mode. */
function closeFilesToOthers(path: string): void {
  if (process.getuid === undefined) return;
  for (const name of readdirSync(path)) {
    const file = join(path, name);
    const status = lstatSync(file);
    if (status.isFile() && (status.mode & foreignBits) !== 0) chmodSync(file, 0o600);
  }
}

function describe(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return 'it, or a part of its path, is not a directory';
    case 'EACCES':
    case 'EPERM':
      return 'this user has no right to it';
    case 'EROFS':
      return 'the file system is read-only';
    case 'ENOSPC':
      return 'the disk is full';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

function unusable(directory: string, problem: string, cause?: unknown): AgentError {
  return new AgentError('STORE_UNREADABLE', { directory, problem }, { cause });
}
