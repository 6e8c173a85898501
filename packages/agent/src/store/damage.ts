// Owns the list of places that were found damaged: each told of once, and kept for whoever asks.
// Refuses to forget one by itself: a repair or a restore makes a new list.

import { isAgentError } from '@opencomputer/contracts';
import type { Database } from '@opencomputer/contracts/internal';
import type { DamageTable, StoreTables } from './store-tables.ts';

/** Places that are kept at most: whoever has so many has lost more than a list can tell. */
const placesMax = 1_000;
/** Of a row's id, which damage may have made long. */
const placeCharactersMax = 200;

/** The list of an open store. */
export interface DamageList {
  /** Adds a place; true when it was not known and there was room for it. */
  add(place: string, problem: string): Promise<boolean>;
  /** Adds what an error says, if it says that a row is broken. Never throws. */
  note(error: unknown): void;
  list(): Promise<readonly DamageTable[]>;
}

/** The list, over the store's own table. */
export function createDamageList(database: Database, now: () => number): DamageList {
  const query = database.query.$extendTables<StoreTables>();
  const add: DamageList['add'] = async (place, problem) => {
    const isSqlite = database.dialect === 'sqlite';
    const values = isSqlite ? '?, ?, ?' : '$1::text, $2::bigint, $3::text';
    const sql = `insert into damage (place, at, problem) select ${values}
      where (select count(*) from damage) < ${placesMax} on conflict (place) do nothing`;
    const parameters = [place.slice(0, placeCharactersMax), now(), problem];
    const [result] = await database.write([{ sql, parameters }], { durable: false });
    return result?.changes === 1;
  };
  return {
    add,
    note: (error) => {
      if (!isAgentError(error, 'SEAL_BROKEN')) return;
      const { table, row } = error.details;
      // Whoever reports an error cannot wait, and the next check finds it again.
      add(`${String(table)}/${String(row)}`, 'the row was altered').catch(() => undefined);
    },
    list: () => query.selectFrom('damage').selectAll().orderBy('at').limit(placesMax).execute(),
  };
}
