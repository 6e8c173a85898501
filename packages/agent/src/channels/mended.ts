// Owns states of messages and replies that a damaged database made impossible: each is set to what
// other rows prove. Refuses to begin or to say anything again where nothing proves that it may.

import type { Database, ProvenTable } from '@opencomputer/contracts/internal';
import { inboxProven, outboxProven } from './tables.ts';

/** How many rows of one table were mended. */
export interface MendedStates {
  readonly table: string;
  readonly rows: number;
}

/**
 * A message with a reply was answered: its reply was written in the same commit. Any other one, and
 * a reply that may have been said, waits for the person in `agent pending`.
 */
export async function mendStates(database: Database): Promise<readonly MendedStates[]> {
  const answered = 'exists (select 1 from outbox where outbox.turn = inbox.id)';
  const inbox = `case when ${answered} then 'done' else 'parked' end`;
  return [await mend(database, inboxProven, inbox), await mend(database, outboxProven, "'dead'")];
}

async function mend(
  database: Database,
  { table, states = [] }: ProvenTable,
  state: string,
): Promise<MendedStates> {
  const known = states.map((each) => `'${each}'`).join(', ');
  const sql = `update ${table} set state = ${state} where state not in (${known})`;
  const [result] = await database.write([{ sql, parameters: [] }]);
  return { table, rows: result?.changes ?? 0 };
}
