// Owns a second place for the one key that nothing of a store can do without: the installation's,
// wrapped by the root key as in its row. Refuses the keys of persons: erasing must destroy them.

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from '@opencomputer/contracts/internal';
import { installationId } from '@opencomputer/contracts/internal';
import { unwrapPersonKey } from './person-keys.ts';
import type { RootKey } from './root-key.ts';
import { syncPath } from './upgrade.ts';

/** The file in the data directory. */
export const keyCopyName = 'installation.key';

/** Writes the copy where there is none, or another one. `file` is its path. */
export async function keepKeyCopy(database: Database, file: string): Promise<void> {
  const wrapped = await storedKey(database);
  if (wrapped === undefined || readCopy(file)?.equals(wrapped) === true) return;
  const draft = `${file}.new`;
  try {
    writeFileSync(draft, `${wrapped.toString('base64')}\n`, { mode: 0o600, flush: true });
    renameSync(draft, file);
    syncPath(dirname(file));
  } catch {
    // On a full disk the store must still open; the next start tries again.
    rmSync(draft, { force: true });
  }
}

/** What the key's row, or its copy, is worth under a root key that was prepared. */
export async function findInstallationKey(
  database: Database,
  rootKey: RootKey,
  file: string,
): Promise<'stored' | 'in the copy' | 'altered' | 'missing'> {
  const opens = async (wrapped: Uint8Array | undefined): Promise<boolean> =>
    wrapped !== undefined &&
    (await unwrapPersonKey(rootKey, installationId, wrapped)) !== undefined;
  const wrapped = await storedKey(database);
  if (await opens(wrapped)) return 'stored';
  if (await opens(readCopy(file))) return 'in the copy';
  return wrapped === undefined ? 'missing' : 'altered';
}

/** Puts the copy into the table, over what is left of the row. */
export async function restoreInstallationKey(
  database: Database,
  file: string,
  now: number,
): Promise<void> {
  const sql = `insert or replace into person_keys (person_id, wrapped, created_at) values (?, ?, ?)`;
  await database.write([{ sql, parameters: [installationId, readCopy(file), now] }]);
}

async function storedKey(database: Database): Promise<Buffer | undefined> {
  const sql = `select wrapped from person_keys where person_id = '${installationId}'`;
  const rows = await database.read<{ wrapped: Uint8Array | null }>({ sql, parameters: [] });
  const wrapped = rows[0]?.wrapped ?? undefined;
  return wrapped && Buffer.from(wrapped);
}

/** Undefined when there is none that can be read: then it is as good as lost. */
function readCopy(file: string): Buffer | undefined {
  try {
    return Buffer.from(readFileSync(file, 'latin1'), 'base64');
  } catch {
    return undefined;
  }
}
