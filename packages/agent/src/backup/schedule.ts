// Owns backups by the clock: one when the newest is old enough, verified, and only then the oldest
// removed. Refuses to remove the last one that was made of an undamaged store.

import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAgentError } from '@opencomputer/contracts';
import type { Clock } from '@opencomputer/contracts';
import { readHeader } from './backup-reader.ts';
import type { BackupFacts } from './backup-reader.ts';

/** Names of backups that this program gave; others in the folder are left alone. */
const namePattern = /^opencomputer-[0-9TZ-]+\.backup$/;
/** The clock is looked at again at least this often, and a failed backup tried again. */
const checkMsMax = 3_600_000;

/** A backup file in a folder, by its header, which only a verification vouches for. */
export interface ListedBackup {
  readonly path: string;
  readonly createdAt: number;
  readonly bytes: number;
  readonly version: string;
}

/** What a schedule works with. */
export interface ScheduleParts {
  readonly directory: string;
  readonly everyMs: number;
  /** Backups that are kept. */
  readonly keep: number;
  readonly clock: Clock;
  readonly create: (path: string) => Promise<void>;
  readonly verify: (path: string) => Promise<Pick<BackupFacts, 'damaged'>>;
  readonly report: (error: unknown, about: string) => void;
}

/** A schedule at work. */
export interface BackupSchedule {
  /** Resolves when what is under way has ended. */
  stop(): Promise<void>;
}

/** The name of a backup that is made now. */
export function backupName(at: number): string {
  const time = new Date(at).toISOString().replaceAll(/[:.]/g, '-');
  return `opencomputer-${time}.backup`;
}

/** Backups of a folder, newest first; none when there is no folder. */
export async function listBackups(directory: string): Promise<readonly ListedBackup[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const listed: ListedBackup[] = [];
  for (const name of names.filter((each) => namePattern.test(each))) {
    const path = join(directory, name);
    try {
      const { createdAt, version } = await readHeader(path);
      listed.push({ path, createdAt, version, bytes: (await stat(path)).size });
    } catch (error) {
      if (!isAgentError(error, 'BACKUP_DAMAGED')) throw error;
    }
  }
  return listed.toSorted((left, right) => right.createdAt - left.createdAt);
}

/** Makes backups from now on. Never throws: what fails is told to `report` and tried again. */
export function startSchedule(parts: ScheduleParts): BackupSchedule {
  const { clock } = parts;
  let stopped = false;
  let cancel = (): void => undefined;
  let working: Promise<void> = Promise.resolve();

  async function work(): Promise<void> {
    let delayMs = checkMsMax;
    try {
      const [newest] = await listBackups(parts.directory);
      const dueAt = newest === undefined ? clock.now() : newest.createdAt + parts.everyMs;
      if (dueAt <= clock.now()) await backUp(parts);
      else delayMs = Math.min(delayMs, dueAt - clock.now());
    } catch (error) {
      parts.report(error, 'scheduled backup');
    }
    if (!stopped) cancel = clock.after(delayMs, begin);
  }
  function begin(): void {
    working = work();
  }
  begin();
  return {
    stop: async () => {
      stopped = true;
      cancel();
      await working;
      cancel();
    },
  };
}

async function backUp(parts: ScheduleParts): Promise<void> {
  const path = join(parts.directory, backupName(parts.clock.now()));
  await parts.create(path);
  const { damaged } = await parts.verify(path);
  const earlier = (await listBackups(parts.directory)).filter((each) => each.path !== path);
  const surplus = earlier.slice(parts.keep - 1);
  // As long as the new one may hold damage, whatever is older may be the last good one.
  if (damaged > 0) return;
  for (const { path: old } of surplus) await rm(old);
}
