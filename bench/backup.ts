// Owns the bench of backups: a store of some size under load, backed up, restored in another folder,
// and compared row by row with what it was. Refuses rows that are all alike: nothing may be compressed.

import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createBackups, createRestore } from '../packages/agent/src/backup/index.ts';
import { openDataDirectory, openStore } from '../packages/agent/src/store/index.ts';
import type { Store } from '../packages/agent/src/store/index.ts';

const bytesPerGigabyte = 1_000_000_000;
const rowBytes = 16_000;
const rowsAtOnce = 200;
/** Milliseconds between two writes of the load. */
const loadGapMs = 5;
const notes = { table: 'notes', columns: ['id', 'person'] };
const migrations = [
  {
    component: 'notes',
    version: 1,
    up: () => [
      {
        sql: `create table notes
          (id text primary key, person text not null, payload blob not null, proof blob)`,
        parameters: [],
      },
    ],
  },
];
const clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs: number, work: () => void) => {
    const timer = setTimeout(work, delayMs);
    return () => clearTimeout(timer);
  },
};
const key = {
  salt: randomBytes(16).toString('base64'),
  key: randomBytes(32).toString('base64'),
};

/** Options: `--gigabytes N` (0.1). */
export async function run(options: readonly string[]): Promise<Record<string, number>> {
  const { values } = parseArgs({
    args: [...options],
    options: { gigabytes: { type: 'string' } },
    strict: false,
  });
  const rows = Math.round((Number(values.gigabytes ?? 0.1) * bytesPerGigabyte) / rowBytes);
  const folder = mkdtempSync(join(tmpdir(), 'bench-backup-'));
  try {
    return await measure(folder, rows);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(folder: string, rows: number): Promise<Record<string, number>> {
  const store = await open(join(folder, 'data'));
  const restored = join(folder, 'elsewhere');
  try {
    await fill(store, rows);
    const gigabytes = statSync(store.directory.file('store.sqlite')).size / bytesPerGigabyte;
    const path = join(folder, 'made', 'a.backup');
    mkdirSync(join(folder, 'made'));
    const { seconds: createS, during } = await underLoad(store, rows, async () => {
      const report = (error: unknown): never => {
        throw error;
      };
      const backups = createBackups({ store, clock, version: '0', report });
      return (await backups.create({ path, key })).bytes;
    });
    const began = performance.now();
    const restore = createRestore({
      openStore: open,
      settle: [],
      hold: (directory) => openDataDirectory({ path: directory, command: 'bench', now: Date.now }),
      now: Date.now,
    });
    await restore({ file: path, key, directory: restored, replace: false });
    const restoreS = (performance.now() - began) / 1000;
    return {
      'backup.store_gb': gigabytes,
      'backup.create_s_per_gb': createS / gigabytes,
      'backup.restore_s_per_gb': restoreS / gigabytes,
      'backup.rows_written_during': during,
      'backup.peak_rss_mb': process.resourceUsage().maxRSS / 1000,
      ...(await compare(store, restored, rows)),
    };
  } finally {
    await store.close();
  }
}

function open(path: string): Promise<Store> {
  return openStore({ path, command: 'bench', migrations, proven: [notes], clock });
}

async function fill(store: Store, rows: number): Promise<void> {
  for (let first = 0; first < rows; first += rowsAtOnce) {
    await write(store, first, Math.min(rowsAtOnce, rows - first));
  }
}

async function write(store: Store, first: number, count: number): Promise<void> {
  const seal = await store.sealing.person('ada');
  const proofs = store.sealing.rows(notes);
  const sql = "insert into notes values (?, 'ada', ?, chain_row('notes', ?))";
  const statements = Array.from({ length: count }, (_, index) => {
    const id = String(first + index).padStart(10, '0');
    const payload = seal.seal({ table: 'notes', rowId: id }, randomBytes(rowBytes));
    const row = { id, person: 'ada', payload };
    return { sql, parameters: [id, payload, proofs.prove(row)] };
  });
  await store.database.write(statements);
}

/** The work while one row after the other is written. */
async function underLoad(
  store: Store,
  first: number,
  work: () => Promise<unknown>,
): Promise<{ readonly seconds: number; readonly during: number }> {
  const state = { isWorking: true, next: first };
  const load = (async () => {
    while (state.isWorking) {
      await write(store, state.next++, 1);
      await delay(loadGapMs);
    }
  })();
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  state.isWorking = false;
  await load;
  return { seconds, during: state.next - first };
}

/** Every row of the backup, and all that was there before it began, against the store it is of. */
async function compare(store: Store, path: string, rows: number): Promise<Record<string, number>> {
  const restored = await open(path);
  let [compared, different, after] = [0, 0, ''];
  try {
    for (;;) {
      const sql = 'select * from notes where id > ? order by id limit 500';
      const statement = { sql, parameters: [after] };
      const left = await restored.database.read<Record<string, unknown>>(statement);
      const right = await store.database.read<Record<string, unknown>>(statement);
      for (const [index, row] of left.entries()) {
        compared++;
        if (!isSame(row, right[index])) different++;
      }
      if (left.length === 0) break;
      after = String(left.at(-1)?.['id']);
    }
  } finally {
    await restored.close();
  }
  const missing = Math.max(0, rows - compared);
  return { 'backup.rows_compared': compared, 'backup.rows_different': different + missing };
}

function isSame(
  left: Record<string, unknown>,
  right: Record<string, unknown> | undefined,
): boolean {
  return ['id', 'person', 'payload', 'proof'].every((column) => {
    const [one, other] = [left[column], right?.[column]];
    if (one instanceof Uint8Array && other instanceof Uint8Array) {
      return Buffer.compare(one, other) === 0;
    }
    return one === other;
  });
}
