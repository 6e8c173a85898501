// Owns which files of a data directory belong into a backup: all but what can be made again, what
// only this machine means, and the database, which is copied. Refuses special files, and links but
// those in the code of plugins, which its digest covers.

import { lstat, readdir, readlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { BackupEntry } from './format.ts';

/** The database, under the name that it has in every data directory. */
export const databaseName = 'store.sqlite';
/** Where the copy of the database lies while a backup is made. */
export const copyName = 'backup-copy.sqlite';
/** The derived key of scheduled backups: whoever has it needs no passphrase. */
export const keyName = 'backup.key';
/** Says which unfinished backup file is this installation's. */
export const noteName = 'backup-under-way.json';
/** What a restore leaves in the data until the first start after it. */
export const markName = 'restored.json';

/** Of the folder itself. What is new in a later version is backed up until it is named here. */
const leftOut: ReadonlySet<string> = new Set([
  'owner.lock',
  'owner.json',
  'agent.sock',
  'cache',
  'scratch',
  'sandboxes',
  'fetching',
  'listings',
  'snapshots',
  'backups',
  keyName,
  noteName,
  markName,
]);
const leftOutBeginnings = [databaseName, copyName, 'store.damaged'];
/** Anywhere: packages are installed again from their list. */
const leftOutAnywhere = 'node_modules';
/** Trees that must come back exactly as they are, packages and links included. */
const exactFolder = 'plugin-code';
const filesMax = 1_000_000;
const depthMax = 32;

/** Files in the order of their names, without the database. Rejects when there are too many. */
export async function listContents(directory: string): Promise<readonly BackupEntry[]> {
  const found: BackupEntry[] = [];
  await walk({ directory, found }, '', 0);
  return found;
}

interface Walk {
  readonly directory: string;
  readonly found: BackupEntry[];
}

async function walk(into: Walk, folder: string, depth: number): Promise<void> {
  if (depth > depthMax) throw new Error(`${folder} lies too deep`);
  const place = join(into.directory, folder);
  const names = await (folder === '' ? readdir(place) : readdir(place).catch(unlessGone));
  for (const name of names?.toSorted() ?? []) {
    const path = folder === '' ? name : `${folder}/${name}`;
    const isExact = path.startsWith(`${exactFolder}/`);
    if (!isExact && (name === leftOutAnywhere || name.endsWith('.partial'))) continue;
    if (depth === 0 && isLeftOut(name)) continue;
    const status = await lstat(join(into.directory, path)).catch(unlessGone);
    if (status === undefined) continue;
    if (status.isDirectory()) await walk(into, path, depth + 1);
    else if (status.isFile()) {
      into.found.push({ path, bytes: status.size, mode: status.mode & 0o777 });
    }
    if (isExact && status.isSymbolicLink()) {
      const target = await readlink(join(into.directory, path)).catch(unlessGone);
      if (target === undefined) continue;
      into.found.push({ path, bytes: Buffer.byteLength(target), mode: 0o777, link: true });
    }
    if (into.found.length > filesMax) throw new Error(`more than ${filesMax} files`);
  }
}

/** Plugins go on writing and removing files; what is gone is nothing, any other fault stays one. */
export function unlessGone(error: unknown): undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}

/** True for a link within one tree of code; no other is made. */
export function isOwnLink(path: string, target: string): boolean {
  const [folder, tree = ''] = path.split('/');
  if (folder !== exactFolder || target.startsWith('/') || target.includes('\0')) return false;
  return posix.join(posix.dirname(path), target).startsWith(`${folder}/${tree}/`);
}

function isLeftOut(name: string): boolean {
  return leftOut.has(name) || leftOutBeginnings.some((beginning) => name.startsWith(beginning));
}
