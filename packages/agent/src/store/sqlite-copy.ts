// Owns a copy of the database as it is at one instant, while others go on writing. Refuses to block
// them: it reads from a snapshot, in pieces, outside this thread.

import { closeSync, openSync } from 'node:fs';
import { backup } from 'node:sqlite';
import { toAgentError } from './write-queue.ts';
import { failureOf } from './sqlite-failure.ts';
import { openForReading } from './store-file.ts';
import { removeDatabase } from './upgrade.ts';

/** Pages copied between two looks at the event loop. */
const pagesAtOnce = 512;
const busyTimeoutMs = 5_000;

/** Told of pages that are left and of all of them. */
export type CopyProgress = (remaining: number, total: number) => void;

/**
 * Copies the database at `path` to the new file `to`. Rejects with STORE_FULL and its like, and
 * leaves nothing behind then. The log cannot be emptied while this runs.
 */
export async function copyDatabase(
  path: string,
  to: string,
  progress: CopyProgress = () => undefined,
): Promise<void> {
  const source = openForReading({ path, busyTimeoutMs });
  try {
    closeSync(openSync(to, 'wx', 0o600));
    // Inside a read transaction nobody's commit makes the copy begin again.
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    await backup(source, to, {
      rate: pagesAtOnce,
      progress: ({ remainingPages, totalPages }) => progress(remainingPages, totalPages),
    });
  } catch (error) {
    removeDatabase(to);
    throw toAgentError(failureOf(error, to));
  } finally {
    source.close();
  }
}
