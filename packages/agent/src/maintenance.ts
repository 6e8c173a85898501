// Owns what is done to a store at rest: bringing a backup back, saving what is intact of a damaged
// database, and the list of everything a store consists of. Refuses the running agent: that is server.ts.

import * as backup from './backup/index.ts';
import * as channels from './channels/index.ts';
import { systemClock } from './clock.ts';
import * as driving from './driver/index.ts';
import { feedbackMigrations } from './feedback/index.ts';
import { memoryMigrations, memorySealed } from './memory/index.ts';
import { openDataDirectory, openStore, repairStore } from './store/index.ts';
import type { Repaired, StoreOptions } from './store/index.ts';
import { silenceDue, timersSealed, workflowMigrations } from './workflows/index.ts';

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

/** Brings a backup back: proven first, then beside, then in place. See the component `backup`. */
export const restoreBackup: ReturnType<typeof backup.createRestore> = backup.createRestore({
  openStore: (path) =>
    openStore({ path, command: 'agent backup restore', clock: systemClock, ...kept }),
  settle: [
    ({ database, sealing }) => channels.holdRestored(database, sealing),
    ({ database, sealing }, now) => silenceDue(database, sealing, now),
  ],
  hold: (path) => openDataDirectory({ path, command: 'agent backup', now: systemClock.now }),
  now: systemClock.now,
});

/** Saves what is intact of a damaged database. See `repairStore`. */
export const repairDatabase = (path: string): Promise<Repaired> =>
  repairStore({ path, command: 'agent doctor', clock: systemClock, ...kept });
