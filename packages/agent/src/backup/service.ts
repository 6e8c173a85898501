// Owns backups as the running agent offers them: one at a time when asked, and by the schedule of the
// configuration. Refuses a second one while one is being made.

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import type { Clock, Configuration } from '@opencomputer/contracts';
import type { Database } from '@opencomputer/contracts/internal';
import { databaseName, keyName } from './contents.ts';
import { createBackup } from './create.ts';
import type { BackupSource, MadeBackup } from './create.ts';
import type { PassphraseKey } from './passphrase.ts';
import { verifyBackup } from './restore.ts';
import { startSchedule } from './schedule.ts';
import type { BackupSchedule } from './schedule.ts';
import { removeLeft } from './under-way.ts';

/** The open store, as far as backups need it. */
export interface BackedUpStore {
  readonly directory: { readonly path: string; file(name: string): string };
  readonly database: Database;
  readonly copy?: BackupSource['copyDatabase'];
}

/** What backups are made of. */
export interface BackupParts {
  readonly store: BackedUpStore;
  readonly clock: Clock;
  readonly version: string;
  readonly report: (error: unknown, about: string) => void;
}

/** Backups of the running agent. */
export interface Backups {
  /** Rejects with SERVICE_BUSY while another one is being made. */
  create(to: { readonly path: string; readonly key: PassphraseKey }): Promise<MadeBackup>;
  /** Begins the schedule, if one is configured. */
  start(configuration: Configuration['backup']): void;
  /** Resolves when no backup is being made by the schedule. */
  stop(): Promise<void>;
}

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000 };

/** Backups of an open store. */
export function createBackups(parts: BackupParts): Backups {
  const source = sourceOf(parts);
  clearLeft(parts);
  let busy = false;
  let schedule: BackupSchedule | undefined;
  const create: Backups['create'] = async (to) => {
    if (busy) throw new AgentError('SERVICE_BUSY');
    busy = true;
    try {
      return await createBackup(source, to);
    } finally {
      busy = false;
    }
  };
  return {
    create,
    start: ({ every, keep, directory }) => {
      if (every === undefined) return;
      const { clock, report } = parts;
      const folder = directory ?? parts.store.directory.file('backups');
      schedule = startSchedule({
        directory: folder,
        everyMs: durationMs(every),
        keep,
        clock,
        report,
        create: async (path) => void (await create({ path, key: await scheduleKey(parts) })),
        verify: async (path) => verifyBackup(path, await scheduleKey(parts)),
      });
    },
    stop: async () => schedule?.stop(),
  };
}

/** The directory is held by this process alone, and it makes no backup yet. */
function clearLeft({ store, report }: BackupParts): void {
  try {
    removeLeft(store.directory.path);
  } catch (error) {
    report(error, 'what an interrupted backup left');
  }
}

/** Milliseconds of `12h` or `7d`. */
export function durationMs(text: string): number {
  return Number.parseInt(text, 10) * (unitMs[text.at(-1) ?? ''] ?? 0);
}

function sourceOf({ store, clock, version }: BackupParts): BackupSource {
  return {
    directory: store.directory.path,
    copyDatabase: store.copy,
    databaseBytes: async () => (await stat(store.directory.file(databaseName))).size,
    damaged: async () => {
      const sql = 'select count(*) as places from damage';
      const [row] = await store.database.read<{ places: number }>({ sql, parameters: [] });
      return Number(row?.places ?? 0);
    },
    version,
    now: () => clock.now(),
  };
}

/** Nobody is there to type a passphrase: `agent backup schedule` left what it gives. */
async function scheduleKey({ store }: BackupParts): Promise<PassphraseKey> {
  return readKeyFile(join(store.directory.path, keyName));
}

/** A derived key as `agent backup schedule` stored it. Rejects with BACKUP_PASSPHRASE. */
export async function readKeyFile(path: string): Promise<PassphraseKey> {
  try {
    const { salt, key } = JSON.parse(await readFile(path, 'utf8')) as Partial<PassphraseKey>;
    if (typeof salt === 'string' && typeof key === 'string') return { salt, key };
  } catch (error) {
    throw new AgentError('BACKUP_PASSPHRASE', { file: path }, { cause: error });
  }
  throw new AgentError('BACKUP_PASSPHRASE', { file: path });
}
