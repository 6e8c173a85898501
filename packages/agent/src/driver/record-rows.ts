// Owns finding the rows of a record and the marks of an undo although one index of the log is damaged:
// what one index finds, another one confirms. Refuses to open a row: its seal and proof are the journal's.

import { AgentError } from '@opencomputer/contracts';
import type { Database } from '@opencomputer/contracts/internal';
import type { DriverTables, EventTable } from './tables.ts';

/** Whose record; without its conversation a record that is hidden from its first row on is none. */
export interface RecordKey {
  readonly turn: string;
  readonly conversation: string | undefined;
}

/** Rows of a record in order, without a gap and with its end; else rejects with SEAL_BROKEN. */
export async function recordRows(
  database: Database,
  { turn, conversation }: RecordKey,
): Promise<readonly EventTable[]> {
  let rows = await readRows(database, turn);
  const within = conversation ?? rows[0]?.conversation ?? undefined;
  const whole = within === undefined ? 0 : await countInputs(database, turn, within);
  // An input may have been written between the two questions.
  if (whole > rows.length) rows = await readRows(database, turn);
  const broken = rows.find(({ seq }, place) => Number(seq) !== place)?.id;
  if (broken === undefined && whole <= rows.length) return rows;
  throw new AgentError('SEAL_BROKEN', { table: 'events', row: broken ?? rows.at(-1)?.id ?? turn });
}

function readRows(database: Database, turn: string): Promise<readonly EventTable[]> {
  return database.query
    .$extendTables<DriverTables>()
    .selectFrom('events')
    .selectAll()
    .where('turn', '=', turn)
    .where('seq', 'is not', null)
    .orderBy('seq')
    .execute();
}

/**
 * Inputs of a record, counted by another index than the one that finds them. 0 on PostgreSQL, which
 * chooses its indexes itself and has checksums of its own pages.
 */
async function countInputs(
  database: Database,
  turn: string,
  conversation: string,
): Promise<number> {
  if (database.dialect !== 'sqlite') return 0;
  const sql = `select count(*) as inputs from events indexed by events_conversation
    where conversation = ? and turn = ? and seq is not null`;
  const parameters = [conversation, turn];
  const [counted] = await database.read<{ inputs: number }>({ sql, parameters });
  return Number(counted?.inputs ?? 0);
}

/** Marks of turns that were undone in a conversation of these people, each found by two indexes. */
export async function markRows(
  database: Database,
  conversation: string,
  people: Iterable<string>,
): Promise<readonly EventTable[]> {
  const found = await database.query
    .$extendTables<DriverTables>()
    .selectFrom('events')
    .selectAll()
    .where('conversation', '=', conversation)
    .where('name', '=', 'turn-undo')
    .where('turn', 'is', null)
    .execute();
  const marks = new Map(found.map((row) => [row.id, row]));
  if (database.dialect !== 'sqlite') return found;
  const sql = `select * from events indexed by events_name
    where person = ? and name = 'turn-undo' and conversation = ? and turn is null`;
  for (const person of people) {
    const parameters = [person, conversation];
    const rows = await database.read<EventTable>({ sql, parameters });
    for (const row of rows) marks.set(row.id, row);
  }
  return [...marks.values()];
}
