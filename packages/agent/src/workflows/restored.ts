// Owns what becomes of the timers of a backup that was restored: those that fell due meanwhile are
// missed, not fired late, and the others follow what their plugins keep. Refuses to end a
// repetition: the plugin is still asked what comes next.

import { isAgentError } from '@opencomputer/contracts';
import type { TimerChange } from '@opencomputer/contracts';
import type { Database, KeepTimers, Sealing, Statement } from '@opencomputer/contracts/internal';
import { timerKey } from './tables.ts';
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

/** What the timers of one plugin and person are to be after a restore. */
export interface RestoredTimers {
  readonly person: string;
  readonly plugin: string;
  /** All that the plugin's own records ask for. */
  readonly timers: readonly TimerChange[];
  /** Where a reminder speaks of which the database knows nothing. */
  readonly conversation: string;
  /** When the backup was restored, milliseconds since the Unix epoch. */
  readonly restoredAt: number;
  readonly keep: KeepTimers;
}

/**
 * Makes the timers what the plugin's records ask for, in one commit: a backup holds files of a plugin
 * that are a little younger than its database. Gives how many became known as missed by that.
 */
export async function followPlugin(
  database: Database,
  sealing: Sealing,
  restored: RestoredTimers,
): Promise<number> {
  const { person, plugin, timers, conversation, restoredAt, keep } = restored;
  const query = database.query.$extendTables<WorkflowTables>();
  const rows = await query
    .selectFrom('timers')
    .select(['key', 'at', 'conversation'])
    .where('person', '=', person)
    .where('plugin', '=', plugin)
    .execute();
  const left = new Map(rows.map((row) => [row.key, row]));
  const statements: Statement[] = [];
  let missed = 0;
  for (const timer of timers) {
    const key = timerKey(sealing, { person, plugin, id: timer.id });
    const known = left.get(key);
    left.delete(key);
    if (timer.at === undefined || Number(known?.at) === timer.at) continue;
    const isMissed = timer.at <= restoredAt;
    if (isMissed) missed += 1;
    const owner = { person, plugin, conversation: known?.conversation ?? conversation };
    statements.push(...(await keep(owner, [isMissed ? { ...timer, text: '' } : timer])));
  }
  for (const key of left.keys()) {
    statements.push(query.deleteFrom('timers').where('key', '=', key).compile());
  }
  if (statements.length > 0) await database.write(statements);
  return missed;
}
