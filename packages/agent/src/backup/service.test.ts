import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { configuration } from '@opencomputer/contracts';
import { createFakeClock } from '@opencomputer/testkit';
import { openStore } from '../store/index.ts';
import { temporaryFolder, testKey } from './fixtures/data-folder.ts';
import { verifyBackup } from './restore.ts';
import { listBackups } from './schedule.ts';
import { createBackups, durationMs, readKeyFile } from './service.ts';

async function opened(t: TestContext) {
  const folder = temporaryFolder(t);
  const fake = createFakeClock();
  const waits = Promise.withResolvers<void>();
  const clock = {
    ...fake,
    after: (delayMs: number, run: () => void) => {
      waits.resolve();
      return fake.after(delayMs, run);
    },
  };
  const path = join(folder, 'data');
  const store = await openStore({ path, command: 'test', migrations: [], clock });
  t.after(() => store.close());
  const reports: unknown[] = [];
  const report = (error: unknown): void => void reports.push(error);
  const backups = createBackups({ store, clock, version: '1.0.0', report });
  return { folder, store, backups, reports, idle: waits.promise };
}

test('one backup at a time is made of the open store, and says what was known of damage', async (t) => {
  const { folder, store, backups } = await opened(t);
  const sql = "insert into damage values ('events/a', 1, 'altered')";
  await store.database.write([{ sql, parameters: [] }]);
  const path = join(folder, 'a.backup');
  const first = backups.create({ path, key: testKey });
  const second = backups.create({ path: join(folder, 'b.backup'), key: testKey });
  await assert.rejects(second, { code: 'SERVICE_BUSY' });
  assert.equal((await first).damaged, 1);
  assert.equal((await verifyBackup(path, testKey)).damaged, 1);
});

test('the next process removes what a backup that was killed left, wherever it was to go', async (t) => {
  const { folder, store, reports } = await opened(t);
  const path = join(folder, 'elsewhere.backup');
  writeFileSync(store.directory.file('backup-under-way.json'), JSON.stringify({ path }));
  writeFileSync(`${path}.partial`, 'OCBACKUP1\nhalf of it');
  const clock = createFakeClock();
  const parts = { store, clock, version: '1.0.0', report: (error: unknown) => reports.push(error) };
  const backups = createBackups(parts);
  assert.deepEqual([readdirSync(folder), reports], [['data'], []]);
  writeFileSync(`${path}.partial`, 'of somebody else');
  await backups.create({ path: join(folder, 'b.backup'), key: testKey });
  assert.deepEqual(readdirSync(folder), ['b.backup', 'data', 'elsewhere.backup.partial']);
});

test('the schedule of the configuration uses the stored key', async (t) => {
  const { store, backups, idle, reports } = await opened(t);
  writeFileSync(store.directory.file('backup.key'), JSON.stringify(testKey));
  backups.start(configuration.parse({ backup: { every: '1d' } }).backup);
  t.after(() => backups.stop());
  await idle;
  assert.deepEqual(reports, []);
  const [made] = await listBackups(store.directory.file('backups'));
  assert.ok(made && (await verifyBackup(made.path, testKey)).files > 1);
});

test('a schedule without its key tells of it, and none that is not configured begins', async (t) => {
  const { backups, idle, reports } = await opened(t);
  backups.start(configuration.parse({}).backup);
  await backups.stop();
  backups.start(configuration.parse({ backup: { every: '1h' } }).backup);
  t.after(() => backups.stop());
  await idle;
  assert.match(String(reports), /passphrase/);
});

test('hours and days are milliseconds, and a key file that is none is refused', async (t) => {
  assert.equal(durationMs('12h'), 43_200_000);
  assert.equal(durationMs('7d'), 604_800_000);
  const path = join(temporaryFolder(t), 'key');
  for (const content of ['{}', 'x']) {
    writeFileSync(path, content);
    await assert.rejects(readKeyFile(path), { code: 'BACKUP_PASSPHRASE' });
  }
});
