// Owns the table of wrapped keys, one a person, and the graves of those that were destroyed.
// Refuses to make a second key for a person: whoever comes second gets the first one.

import { randomBytes } from 'node:crypto';
import { AgentError } from '@opencomputer/contracts';
import type { Database, Migration } from '@opencomputer/contracts/internal';
import { columnTypes } from '@opencomputer/contracts/internal';
import type { RootKey } from './root-key.ts';

const table = 'person_keys';
const keyBytes = 32;

type PersonKeyTables = {
  person_keys: {
    person_id: string;
    /** Null once the person was erased. */
    wrapped: Uint8Array | null;
    created_at: number;
    erased_at: number | null;
  };
};

/** The table of this file. */
export const personKeysMigration: Migration = {
  component: 'store',
  version: 1,
  up: (dialect) => {
    const { text, integer, bytes } = columnTypes[dialect];
    const strict = dialect === 'sqlite' ? ' STRICT' : '';
    return [
      {
        sql:
          `CREATE TABLE ${table} (person_id ${text} PRIMARY KEY, wrapped ${bytes}, ` +
          `created_at ${integer} NOT NULL, erased_at ${integer})${strict}`,
        parameters: [],
      },
    ];
  },
};

/** What the store knows of a person's key. */
export type StoredKey = 'absent' | 'erased' | Uint8Array;

/** Reads, makes and destroys the keys of persons. */
export interface PersonKeys {
  /** The unwrapped key. Rejects with SEAL_BROKEN when it does not unwrap. */
  find(personId: string): Promise<StoredKey>;
  /** The person's key, made if absent. Rejects with PERSON_ERASED, SEAL_BROKEN. */
  findOrCreate(personId: string): Promise<Uint8Array>;
  /** Leaves a grave, so that work still under way cannot bring the person back. */
  erase(personId: string): Promise<void>;
}

/** What keys are kept with. */
export interface PersonKeysOptions {
  readonly database: Database;
  readonly rootKey: RootKey;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** The keys in `database`, wrapped by `rootKey`. */
export function createPersonKeys({ database, rootKey, now }: PersonKeysOptions): PersonKeys {
  const query = database.query.$extendTables<PersonKeyTables>();

  async function find(personId: string): Promise<StoredKey> {
    const row = await query
      .selectFrom(table)
      .select('wrapped')
      .where('person_id', '=', personId)
      .executeTakeFirst();
    if (row === undefined) return 'absent';
    if (row.wrapped === null) return 'erased';
    const key = await unwrapPersonKey(rootKey, personId, row.wrapped);
    if (key === undefined) throw new AgentError('SEAL_BROKEN', { table, row: personId });
    return key;
  }

  async function create(personId: string): Promise<void> {
    const wrapped = await rootKey.wrap(contextOf(personId), randomBytes(keyBytes));
    const values = { person_id: personId, wrapped, created_at: now(), erased_at: null };
    const insert = query.insertInto(table).values(values);
    await database.write([insert.onConflict((conflict) => conflict.doNothing()).compile()]);
  }

  return {
    find,
    async findOrCreate(personId) {
      let key = await find(personId);
      if (key === 'absent') {
        await create(personId);
        key = await find(personId);
      }
      if (typeof key === 'string') throw personErased(personId);
      return key;
    },
    async erase(personId) {
      const at = now();
      const values = { person_id: personId, wrapped: null, created_at: at, erased_at: at };
      const grave = query.insertInto(table).values(values);
      await database.write([
        grave
          .onConflict((conflict) =>
            conflict
              .column('person_id')
              .doUpdateSet({ wrapped: null, erased_at: at })
              .where('person_keys.wrapped', 'is not', null),
          )
          .compile(),
      ]);
    },
  };
}

/** The key of a person out of its row; undefined when the row was altered. */
export async function unwrapPersonKey(
  rootKey: RootKey,
  personId: string,
  wrapped: Uint8Array,
): Promise<Uint8Array | undefined> {
  const key = await rootKey.unwrap(contextOf(personId), wrapped);
  return key?.length === keyBytes ? key : undefined;
}

/** The error of whatever is asked for a person whose key was destroyed. */
export function personErased(personId: string): AgentError {
  return new AgentError('PERSON_ERASED', { person: personId });
}

function contextOf(personId: string): string {
  return `${table}:${personId}`;
}
