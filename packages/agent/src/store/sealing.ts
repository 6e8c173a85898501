// Owns who is sealed under which key: keys in memory, the installation's own key, erasing.
// Refuses to start under a root key that did not seal what is in the database.

import { createHmac, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { AgentError } from '@opencomputer/contracts';
import type { Database, Sealing } from '@opencomputer/contracts/internal';
import { installationId } from '@opencomputer/contracts/internal';
import { findInstallationKey, keepKeyCopy } from './installation-key.ts';
import { createRowProofs } from './row-proof.ts';
import { createPersonKeys } from './person-keys.ts';
import type { PersonKeys } from './person-keys.ts';
import { createPersonSeal } from './person-seal.ts';
import type { ErasableSeal } from './person-seal.ts';
import { rootKeyWrong } from './root-key.ts';
import type { RootKey } from './root-key.ts';

/** How sealing is opened. */
export interface SealingOptions {
  /** With `storeMigrations` applied. */
  readonly database: Database;
  readonly rootKey: RootKey;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Called after a key was destroyed, to clear what the database keeps of the old row. */
  readonly scrub?: () => Promise<void>;
  /** Where a copy of the installation's key is kept; absent: nowhere. */
  readonly keyCopy?: string;
  /** Persons whose keys stay in memory. */
  readonly personsMax?: number;
}

const personsMaxDefault = 1000;

/**
 * Sealing under the keys in the database. Rejects with ROOT_KEY_WRONG when the root key is
 * missing although keys exist, or is not the one that wrapped them.
 */
export async function openSealing(options: SealingOptions): Promise<Sealing> {
  const keys = createPersonKeys(options);
  const fresh = await isFresh(options.database);
  await options.rootKey.prepare(fresh);
  const persons = keepPersons(keys, options.personsMax ?? personsMaxDefault);
  const { database, rootKey, keyCopy } = options;
  // A second key would make every keyed hash another one, and old messages new.
  if (!fresh) await checkInstallation(database, rootKey, keyCopy);
  const installation = await persons.get(installationId);
  if (keyCopy !== undefined) await keepKeyCopy(database, keyCopy);
  const purposes = new Map<string, KeyObject>();

  function purposeKey(purpose: string): KeyObject {
    let key = purposes.get(purpose);
    if (key === undefined) {
      key = createSecretKey(installation.deriveKey(`hash/${purpose}`));
      purposes.set(purpose, key);
    }
    return key;
  }
  return {
    person: (personId) => persons.get(personId),
    async erase(personId) {
      if (personId === installationId) {
        throw new AgentError('INTERNAL', { problem: 'the installation itself cannot be erased' });
      }
      await keys.erase(personId);
      await persons.drop(personId);
      await options.scrub?.();
    },
    hash: (purpose, bytes) => createHmac('sha256', purposeKey(purpose)).update(bytes).digest('hex'),
    rows: (table) => createRowProofs(table, purposeKey(`rows/${table.table}`)),
  };
}

/** Any key in the table was wrapped by an earlier root key. */
async function isFresh(database: Database): Promise<boolean> {
  const sql = 'SELECT person_id FROM person_keys LIMIT 1';
  return (await database.read({ sql, parameters: [] })).length === 0;
}

/** The first key to be unwrapped: if neither it nor its copy opens, the root key is another one. */
async function checkInstallation(
  database: Database,
  rootKey: RootKey,
  keyCopy = '',
): Promise<void> {
  const found = await findInstallationKey(database, rootKey, keyCopy);
  if (found === 'stored') return;
  if (found === 'altered') {
    throw rootKeyWrong('root.key', 'it is not the one this data was sealed with');
  }
  const what = 'the key of the installation is missing or was altered';
  const copy = found === 'missing' ? 'there is no copy of it' : 'a repair puts its copy back';
  throw new AgentError('STORE_DAMAGED', { file: 'store.sqlite', problem: `${what}; ${copy}` });
}

interface Persons {
  get(personId: string): Promise<ErasableSeal>;
  drop(personId: string): Promise<void>;
}

/** Loads each person once, also when many ask at the same time; keeps those used last. */
function keepPersons(keys: PersonKeys, personsMax: number): Persons {
  const kept = new Map<string, Promise<ErasableSeal>>();

  async function load(personId: string): Promise<ErasableSeal> {
    return createPersonSeal(personId, await keys.findOrCreate(personId));
  }
  function shrink(): void {
    if (kept.size <= personsMax) return;
    for (const personId of kept.keys()) {
      kept.delete(personId);
      return;
    }
  }
  return {
    get(personId) {
      const known = kept.get(personId) ?? load(personId);
      kept.delete(personId);
      kept.set(personId, known);
      shrink();
      known.catch(() => {
        if (kept.get(personId) === known) kept.delete(personId);
      });
      return known;
    },
    async drop(personId) {
      const known = kept.get(personId);
      kept.delete(personId);
      const [seal] = await Promise.allSettled([known]);
      if (seal.status === 'fulfilled') seal.value?.erase();
    },
  };
}
