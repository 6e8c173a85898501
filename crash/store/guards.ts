// Owns the two guards that keep a store to one writer: the lock on its folder, and the one place that
// an input has in the record of its turn. Refuses to be satisfied by a message: the act must fail.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAgentError } from '@opencomputer/contracts';
import type { Violation } from '../story/account.ts';
import { openWritten } from './fixtures/written.ts';

/** Two owners at once, and two writers of one record. */
export async function checkGuards(): Promise<readonly Violation[]> {
  const folder = mkdtempSync(join(tmpdir(), 'oc-guard-'));
  const violations: Violation[] = [];
  const first = await openWritten(folder);
  try {
    const second = await openWritten(folder).catch((error: unknown) => {
      if (isAgentError(error, 'STORE_LOCKED')) return undefined;
      throw error;
    });
    if (second !== undefined) {
      violations.push({ assertion: 'one-owner', text: 'a second process owned the folder too' });
      await second.store.close();
    }
    const owner = { person: 'owner', conversation: 'c', turn: 'a turn of two' };
    const steer = { type: 'turn-steer', at: 0, text: 'once' } as const;
    const write = async (): Promise<void> => {
      await first.store.database.write(await first.journal.append(owner, [steer], 0));
    };
    await write();
    const isRefused = await write().then(
      () => false,
      (error: unknown) => isAgentError(error, 'STORE_CONFLICT'),
    );
    if (!isRefused) violations.push({ assertion: 'fenced', text: 'one place was written twice' });
  } finally {
    await first.store.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return violations;
}
