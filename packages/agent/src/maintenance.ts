// Owns what is done to a store at rest: bringing a backup back and what follows at the first start,
// saving what is intact of a damaged database, and the list of everything that a store consists of.
// Refuses the running agent: that is server.ts.

import type { Clock } from '@opencomputer/contracts';
import type { KeepTimers } from '@opencomputer/contracts/internal';
import * as backup from './backup/index.ts';
import * as channels from './channels/index.ts';
import { systemClock } from './clock.ts';
import * as driving from './driver/index.ts';
import { feedbackMigrations } from './feedback/index.ts';
import { memoryDerived, memoryMigrations, memorySealed } from './memory/index.ts';
import type { ListingPluginHost } from './plugins/index.ts';
import { openDataDirectory, openStore, repairStore } from './store/index.ts';
import type { Repaired, Store, StoreOptions } from './store/index.ts';
import { followPlugin, silenceDue, timersSealed, workflowMigrations } from './workflows/index.ts';

/** What every store of the agent consists of. */
export const kept: Pick<StoreOptions, 'migrations' | 'proven' | 'sealed'> = {
  migrations: [
    ...channels.channelMigrations,
    ...driving.driverMigrations,
    ...memoryMigrations,
    ...workflowMigrations,
    ...feedbackMigrations,
  ],
  proven: [channels.inboxProven, channels.outboxProven, driving.eventsProven],
  sealed: [...memorySealed, ...timersSealed],
};

const hold: backup.Hold = (path) =>
  openDataDirectory({ path, command: 'agent backup', now: systemClock.now });

/** Completes or undoes a restore that was interrupted; the words of it, undefined without one. */
export async function finishRestore(directory: string): Promise<string | undefined> {
  const finished = await backup.finishRestore(directory, hold);
  if (finished === undefined) return undefined;
  const { outcome, kept: before, createdAt } = finished;
  const of = `of the backup of ${new Date(createdAt).toISOString()}`;
  if (outcome === 'undone') {
    return `A restore ${of} was interrupted and did not take place: restore it again.`;
  }
  const where = before === undefined ? '' : ` What was there before is in ${before}.`;
  return `A restore ${of} was interrupted and has been completed.${where}`;
}

/** Opens the store of the agent, after a restore that was interrupted was ended one way or the other. */
export async function openKept(
  options: Omit<StoreOptions, 'migrations' | 'proven' | 'sealed'>,
  report: (error: unknown, about: string) => void,
): Promise<Store> {
  const finished = await finishRestore(options.path);
  if (finished !== undefined) report(new Error(finished), 'restore');
  return openStore({ ...options, ...kept, report });
}

/** Brings a backup back: proven first, then beside, then in place. See the component `backup`. */
export const restoreBackup: ReturnType<typeof backup.createRestore> = backup.createRestore({
  openStore: (path) =>
    openStore({ path, command: 'agent backup restore', clock: systemClock, ...kept }),
  settle: [
    ({ database, sealing }) => channels.holdRestored(database, sealing),
    ({ database, sealing }, now) => silenceDue(database, sealing, now),
  ],
  hold,
  now: systemClock.now,
});

/** Saves what is intact of a damaged database. See `repairStore`. */
export async function repairDatabase(path: string): Promise<Repaired> {
  await finishRestore(path);
  return repairStore({
    path,
    command: 'agent doctor',
    clock: systemClock,
    derived: memoryDerived,
    mend: channels.mendStates,
    ...kept,
  });
}

/** What the timers of a restored store are looked at with. */
export interface RestoredParts extends driving.HostCallPorts {
  readonly store: Pick<Store, 'directory' | 'database' | 'sealing'>;
  readonly host: ListingPluginHost;
  readonly journal: Pick<driving.Journal, 'conversations'>;
  readonly keep: KeepTimers;
  readonly person: string;
  readonly timeZone: string;
  readonly clock: Clock;
  readonly report: (error: unknown, about: string) => void;
}

/** For all pages of one plugin. */
const askMsMax = 10_000;
/** Where a reminder speaks when its person never spoke. */
const noConversation = 'restored';

/**
 * Must end before the first turn and the first timer. Never throws: what failed is reported, and
 * tried again at the next start.
 */
export async function followRestored(parts: RestoredParts): Promise<void> {
  const { store, host, report } = parts;
  try {
    const mark = await backup.readMark(store.directory.path);
    if (mark === undefined) return;
    const plugins = new Set(host.tools().map(({ plugin }) => plugin));
    let missed = 0;
    for (const plugin of plugins) missed += await followOne(parts, plugin, mark.restoredAt);
    await backup.removeMark(store.directory.path);
    if (missed > 0) report(new Error(`${missed} more reminders were missed`), 'restore');
  } catch (error) {
    report(error, 'timers after the restore');
  }
}

async function followOne(
  parts: RestoredParts,
  plugin: string,
  restoredAt: number,
): Promise<number> {
  const { store, journal, keep, person, timeZone, clock } = parts;
  const timers = await driving.timersOf(parts, plugin, {
    person,
    timeZone,
    now: clock.now(),
    idempotencyKey: `restored/${restoredAt}`,
    folders: [],
    signal: AbortSignal.timeout(askMsMax),
  });
  if (timers === undefined) return 0;
  const [last] = await journal.conversations(person, 1);
  const conversation = last?.conversation ?? noConversation;
  const wanted = { person, plugin, timers, conversation, restoredAt, keep };
  return followPlugin(store.database, store.sealing, wanted);
}
