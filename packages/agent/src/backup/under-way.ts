// Owns the note of the backup file that is being written, by which the next process of this data
// directory removes what a killed one left. Refuses files of anybody else: only the noted one goes.

import { openSync, closeSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { noteName } from './contents.ts';
import { partialOf } from './backup-writer.ts';
import { magic } from './format.ts';

/** Notes that the backup `path` is begun; the caller holds the data directory. */
export function noteBegin(directory: string, path: string): void {
  const text = `${JSON.stringify({ path })}\n`;
  writeFileSync(join(directory, noteName), text, { mode: 0o600, flush: true });
}

/** Notes that nothing is under way. */
export function noteEnd(directory: string): void {
  rmSync(join(directory, noteName), { force: true });
}

/**
 * Removes the unfinished file of a run that was killed. The caller holds the data directory and makes
 * no backup, so that nobody is writing it. Throws when the file cannot be removed.
 */
export function removeLeft(directory: string): void {
  const path = notedPath(directory);
  if (path !== undefined && isOurs(partialOf(path))) rmSync(partialOf(path), { force: true });
  noteEnd(directory);
}

function notedPath(directory: string): string | undefined {
  try {
    const note: unknown = JSON.parse(readFileSync(join(directory, noteName), 'utf8'));
    const isNote = typeof note === 'object' && note !== null && 'path' in note;
    return isNote && typeof note.path === 'string' ? note.path : undefined;
  } catch {
    // None, or one that a kill cut off: then the file was not begun.
    return undefined;
  }
}

/** It begins as our files do, or was killed before its first byte. */
function isOurs(path: string): boolean {
  const front = Buffer.alloc(magic.length);
  try {
    const file = openSync(path, 'r');
    try {
      const length = readSync(file, front, 0, front.length, 0);
      return length === 0 || front.toString('latin1') === magic;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
