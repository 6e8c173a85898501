// Owns reading every page of the database file for damage, on a thread and a connection of its own,
// so that writes and other reads go on. Refuses to repair, and to read what is sealed.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Integrity } from '@opencomputer/contracts/internal';

/** Of the checking thread's own JavaScript; the pages are outside it. */
const heap = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 };

/**
 * Reads the whole file at `path`, of which the caller holds the directory. What is damaged is part of
 * the result; rejects only when the thread cannot run.
 */
export async function checkIntegrity(path: string): Promise<Integrity> {
  const worker = new Worker(new URL('./integrity-thread.ts', import.meta.url), {
    name: 'store-check',
    workerData: path,
    resourceLimits: heap,
    env: {},
    execArgv: [],
  });
  try {
    const [found] = (await once(worker, 'message')) as [Integrity];
    return found;
  } finally {
    await worker.terminate();
  }
}
