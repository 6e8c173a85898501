// Owns the first start after a restore: timers follow what plugins keep, since a backup holds their
// files as of a moment after its database. Refuses to be done before every plugin could say.

import type { Clock } from '@opencomputer/contracts';
import type { KeepTimers } from '@opencomputer/contracts/internal';
import { readMark, removeMark } from './backup/index.ts';
import * as driving from './driver/index.ts';
import type { HostCallPorts, Journal } from './driver/index.ts';
import type { ListingPluginHost } from './plugins/index.ts';
import type { Store } from './store/index.ts';
import { followPlugin } from './workflows/index.ts';

/** What the timers of a restored store are looked at with. */
export interface RestoredParts extends HostCallPorts {
  readonly store: Pick<Store, 'directory' | 'database' | 'sealing'>;
  readonly host: ListingPluginHost;
  readonly journal: Pick<Journal, 'conversations'>;
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
    const mark = await readMark(store.directory.path);
    if (mark === undefined) return;
    const plugins = new Set(host.tools().map(({ plugin }) => plugin));
    let missed = 0;
    for (const plugin of plugins) missed += await followOne(parts, plugin, mark.restoredAt);
    await removeMark(store.directory.path);
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
