// Owns reading every page of the database file for damage, in a process and on a connection of its
// own, so that writes and other reads go on. Refuses to repair, and to read what is sealed.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { AgentError } from '@opencomputer/contracts';
import type { Integrity } from '@opencomputer/contracts/internal';

/** Of the checking process's own JavaScript; the pages are outside it. */
const heap = '--max-old-space-size=32';

/**
 * Reads the whole file at `path`, of which the caller holds the directory. What is damaged is part of
 * the result; rejects only when the process cannot run, and with the reason of `signal` once that
 * is aborted: the process is gone then. A thread could not be ended inside a call of SQLite.
 */
export async function checkIntegrity(path: string, signal?: AbortSignal): Promise<Integrity> {
  signal?.throwIfAborted();
  const program = fileURLToPath(new URL('./integrity-process.ts', import.meta.url));
  const child = spawn(execPath, [heap, program, path], {
    env: {},
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const end = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', end);
  try {
    const [answer] = await Promise.all([text(child.stdout), once(child, 'close')]);
    signal?.throwIfAborted();
    if (answer !== '') return JSON.parse(answer) as Integrity;
  } finally {
    signal?.removeEventListener('abort', end);
  }
  throw new AgentError('STORE_FAILED', { problem: 'the check of its pages ended without a word' });
}
