import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { readBackup } from './backup-reader.ts';
import { createBackup } from './create.ts';
import { dataFolder, testKey } from './fixtures/data-folder.ts';

test('a backup holds the copy of the database and the other files, and says how far it is', async (t) => {
  const source = dataFolder(t, { 'root.key': 'key', 'plugins/a/b': 'value' });
  const path = join(dirname(source.directory), 'made', 'a.backup');
  const steps: number[] = [];
  const made = await createBackup(source, { path, key: testKey }, ({ done, total }) =>
    steps.push(done / total),
  );
  assert.deepEqual(made, { path, createdAt: 1_000, files: 3, bytes: 16, damaged: 0 });
  assert.equal(steps.at(-1), 1);
  const found: string[] = [];
  await readBackup(path, testKey, async ({ entry }) => void found.push(entry.path));
  assert.deepEqual(found, ['store.sqlite', 'plugins/a/b', 'root.key']);
  assert.ok(!readdirSync(source.directory).includes('backup-copy.sqlite'));
});

test('a backup that fails leaves neither a file nor a copy', async (t) => {
  const source = dataFolder(t, {});
  const folder = dirname(source.directory);
  const failing = { ...source, copyDatabase: () => Promise.reject(new Error('no')) };
  const to = { path: join(folder, 'a.backup'), key: testKey };
  await assert.rejects(createBackup(failing, to), /no/);
  assert.deepEqual(readdirSync(folder), ['data']);
  assert.deepEqual(readdirSync(source.directory), ['store.sqlite']);
});

test('a file of a plugin that is removed between its listing and its turn is left out; a key is not', async (t) => {
  const source = dataFolder(t, {
    'plugins/a/b.tmp': 'half',
    'plugins/a/c': 'value',
    'root.key': 'k',
  });
  const { open } = promises;
  let gone = 'b.tmp';
  t.mock.method(promises, 'open', (...given: Parameters<typeof open>) => {
    if (String(given[0]).endsWith(gone)) rmSync(given[0], { force: true });
    return open(...given);
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  const path = join(dirname(source.directory), 'a.backup');
  const { files } = await createBackup(source, { path, key: testKey });
  assert.equal(files, 3);
  const found: string[] = [];
  await readBackup(path, testKey, async ({ entry }) => void found.push(entry.path));
  assert.deepEqual(found, ['store.sqlite', 'plugins/a/c', 'root.key']);
  gone = 'root.key';
  await assert.rejects(createBackup(source, { path, key: testKey }), { code: 'ENOENT' });
});

test('without a database file, or without room for its copy, nothing is begun', async (t) => {
  const source = dataFolder(t, {});
  const to = { path: join(dirname(source.directory), 'a.backup'), key: testKey };
  await assert.rejects(createBackup({ ...source, copyDatabase: undefined }, to), {
    code: 'BACKUP_UNSUPPORTED',
  });
  const large = { ...source, databaseBytes: async () => Number.MAX_SAFE_INTEGER };
  await assert.rejects(createBackup(large, to), { code: 'STORE_FULL' });
  assert.deepEqual(readdirSync(dirname(source.directory)), ['data']);
});
