// Owns the accounting identity of a run: what was accepted, what became of it, what happened outside.
// Refuses to ask the cluster: it reads the database and the ledger.

import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LedgerEntry } from '@opencomputer/testkit';
import type { Said } from './fixtures/load.ts';

/** What one run came to. */
export interface Account {
  /** Messages that a gateway answered for, and messages in the inbox. */
  readonly accepted: number;
  readonly kept: number;
  readonly completed: number;
  readonly failed: number;
  readonly parked: number;
  readonly pending: number;
  /** Accepted by a gateway and not in the inbox, or done without a reply. */
  readonly lost: number;
  /** Replies, ends or effects beyond the first. */
  readonly doubled: number;
  /** Calls under a key that were sent again, which their service takes once. */
  readonly repeatedUnderKey: number;
  /** Answers that say of a call that nobody knows whether it took effect. */
  readonly unknown: number;
  readonly reminders: { readonly due: number; readonly said: number };
  readonly problems: readonly string[];
}

/** Where a run left its traces. */
export interface Traces {
  /** The program `postgres`; `psql` lies beside it. */
  readonly postgres: string;
  readonly databaseUrl: string;
  readonly said: readonly Said[];
  readonly entries: readonly LedgerEntry[];
}

/** Messages that have no end yet; null while the database does not answer. */
export function pendingIn({ postgres, databaseUrl }: Traces): number {
  const rows = select({ postgres, databaseUrl }, `select count(*) from inbox where state = 'open'`);
  return Number(rows[0]?.[0] ?? 0);
}

/** Every turn there is. */
export function turnsIn({ postgres, databaseUrl }: Traces): readonly string[] {
  return select({ postgres, databaseUrl }, 'select id from inbox').map(([id = '']) => id);
}

/** Timers that have not fired. */
export function timersIn({ postgres, databaseUrl }: Traces): number {
  return Number(select({ postgres, databaseUrl }, 'select count(*) from timers')[0]?.[0] ?? 0);
}

/** The accounts of a run that has ended. */
export function account(traces: Traces): Account {
  const { said, entries } = traces;
  const accepted = said.filter((each) => each.accepted);
  const inbox = select(traces, 'select id, state from inbox');
  const ends = counted(select(traces, `select turn from events where name = 'turn-finish'`));
  const replies = counted(select(traces, `select turn from outbox where turn is not null`));
  const failedTurns = select(traces, failedQuery).length;
  const notices = Number(
    select(traces, 'select count(*) from outbox where turn is null')[0]?.[0] ?? 0,
  );
  const problems: string[] = [];
  const done = inbox.filter(([, state]) => state === 'done');
  const unheard = done.filter(([id = '']) => !replies.has(id) || !ends.has(id));
  const missing = Math.max(0, accepted.length - inbox.length);
  for (const [id] of unheard) problems.push(`${id}: done without an end or a reply`);
  if (missing > 0) problems.push(`${missing} accepted messages are not in the inbox`);
  const again = beyondFirst(replies, 'replies', problems) + beyondFirst(ends, 'ends', problems);
  const effects = effectsOf(entries, problems);
  checkTold(accepted, entries, problems);
  const parked = inbox.filter(([, state]) => state === 'parked').length;
  return {
    accepted: accepted.length,
    kept: inbox.length,
    completed: done.length - failedTurns,
    failed: failedTurns,
    parked,
    pending: inbox.length - done.length - parked,
    lost: unheard.length + missing,
    doubled: again + effects.doubled,
    repeatedUnderKey: effects.repeatedUnderKey,
    unknown: accepted.filter(({ answers }) => answers.some((each) => each.includes('unknown')))
      .length,
    reminders: { due: accepted.filter(({ kind }) => kind === 'reminder').length, said: notices },
    problems,
  };
}

/** The end says how, sealed; that a turn failed shows in its record. */
const failedQuery = `select distinct turn from events where name in ('model-fail', 'turn-cancel')
  and seq is not null`;

function effectsOf(
  entries: readonly LedgerEntry[],
  problems: string[],
): { readonly doubled: number; readonly repeatedUnderKey: number } {
  let doubled = 0;
  const unkeyed = counted(
    entries.filter(({ key }) => key === undefined).map(({ service, body }) => [service + body]),
  );
  doubled += beyondFirst(unkeyed, 'effects', problems);
  const keyed = entries.filter(({ key }) => key !== undefined);
  const keysOf = new Map<string, Set<string>>();
  for (const { body, key = '' } of keyed) {
    keysOf.set(body, (keysOf.get(body) ?? new Set()).add(key));
  }
  for (const [body, keys] of keysOf) {
    doubled += keys.size - 1;
    if (keys.size > 1) problems.push(`${body}: ${keys.size} keys`);
  }
  return { doubled, repeatedUnderKey: keyed.length - new Set(keyed.map(({ key }) => key)).size };
}

/** What an answer calls known has happened; one that was not read may say anything. */
function checkTold(
  accepted: readonly Said[],
  entries: readonly LedgerEntry[],
  problems: string[],
): void {
  const happened = new Set(entries.map(({ service, body }) => `${service} ${body}`));
  for (const { marker, kind, answers } of accepted) {
    if (kind !== 'effects' || !answers.some((each) => each.includes('known,known'))) continue;
    if (answers.some((each) => each.includes('unknown'))) continue;
    for (const service of ['keyed', 'once']) {
      if (!happened.has(`${service} ${marker}`)) problems.push(`${marker}: no ${service} effect`);
    }
  }
}

function counted(rows: readonly (readonly string[])[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [value = ''] of rows) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function beyondFirst(
  counts: ReadonlyMap<string, number>,
  what: string,
  problems: string[],
): number {
  let beyond = 0;
  for (const [name, count] of counts) {
    if (count === 1) continue;
    beyond += count - 1;
    problems.push(`${name}: ${count} ${what}`);
  }
  return beyond;
}

function select(
  { postgres, databaseUrl }: Pick<Traces, 'postgres' | 'databaseUrl'>,
  query: string,
): readonly (readonly string[])[] {
  const psql = join(dirname(realpathSync(postgres)), 'psql');
  const { status, stdout, stderr } = spawnSync(psql, ['-At', '-c', query, databaseUrl], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`psql: ${stderr}`);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => line.split('|'));
}
