// Owns what becomes of the timers of a backup that was restored: those that fell due meanwhile are
// missed, not fired late. Refuses to end a repetition: the plugin is still asked what comes next.

import { isAgentError } from '@opencomputer/contracts';
import type { Database, Sealing } from '@opencomputer/contracts/internal';
import type { WorkflowTables } from './tables.ts';

/** A reminder that is not spoken any more. */
export interface MissedTimer {
  readonly kind: 'reminder';
  /** When it was due, milliseconds since the Unix epoch. */
  readonly at: number;
  /** Empty when it cannot be read. */
  readonly text: string;
}

/** Takes the words from every timer that is due at `now`, and gives them, oldest first. */
export async function silenceDue(
  database: Database,
  sealing: Sealing,
  now: number,
): Promise<readonly MissedTimer[]> {
  const query = database.query.$extendTables<WorkflowTables>();
  const due = await query
    .selectFrom('timers')
    .selectAll()
    .where('at', '<=', now)
    .orderBy('at')
    .execute();
  const missed: MissedTimer[] = [];
  for (const { key, person, at, payload } of due) {
    const place = { table: 'timers', rowId: key };
    try {
      const seal = await sealing.person(person);
      const opened = Buffer.from(seal.open(place, payload)).toString('utf8');
      const timer = JSON.parse(opened) as { readonly text: string };
      const silent = Buffer.from(JSON.stringify({ ...timer, text: '' }));
      const changed = { payload: seal.seal(place, silent) };
      await database.write([
        query.updateTable('timers').set(changed).where('key', '=', key).compile(),
      ]);
      if (timer.text !== '') missed.push({ kind: 'reminder', at: Number(at), text: timer.text });
    } catch (error) {
      if (!isAgentError(error, 'SEAL_BROKEN') && !isAgentError(error, 'PERSON_ERASED')) throw error;
      missed.push({ kind: 'reminder', at: Number(at), text: '' });
    }
  }
  return missed;
}
