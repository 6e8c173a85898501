import assert from 'node:assert/strict';
import {
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createBackup } from './create.ts';
import { dataFolder, temporaryFolder, testKey } from './fixtures/data-folder.ts';
import { restoreBackup } from './restore.ts';
import type { RestoreOptions } from './restore.ts';

async function made(t: TestContext): Promise<string> {
  const source = dataFolder(t, { 'root.key': 'key', 'plugins/a/b': 'value' });
  const path = join(dirname(source.directory), 'a.backup');
  await createBackup(source, { path, key: testKey });
  return path;
}

function options(t: TestContext, file: string, more: Partial<RestoreOptions> = {}): RestoreOptions {
  const directory = join(temporaryFolder(t), 'data');
  return {
    file,
    key: testKey,
    directory,
    replace: false,
    now: () => 0,
    hold: () => ({ release: () => undefined }),
    settle: async () => [],
    ...more,
  };
}

test('a backup is restored into an empty place, closed to others, and settled before it is there', async (t) => {
  const settled: string[] = [];
  const given = options(t, await made(t), {
    settle: async (directory) => {
      settled.push(readFileSync(join(directory, 'root.key'), 'utf8'));
      return [{ kind: 'reply', at: 1, text: 'held' }];
    },
  });
  mkdirSync(given.directory);
  const { held, files } = await restoreBackup(given);
  assert.deepEqual(held, [{ kind: 'reply', at: 1, text: 'held' }]);
  assert.equal(files, 3);
  assert.deepEqual(settled, ['key']);
  assert.equal(readFileSync(join(given.directory, 'plugins/a/b'), 'utf8'), 'value');
  assert.equal(statSync(given.directory).mode & 0o077, 0);
  assert.equal(statSync(join(given.directory, 'root.key')).mode & 0o077, 0);
  assert.deepEqual(readdirSync(dirname(given.directory)), ['data']);
});

test('a backup that was cut is refused before anything is touched', async (t) => {
  const file = await made(t);
  truncateSync(file, statSync(file).size - 1);
  const given = options(t, file, { replace: true });
  mkdirSync(given.directory);
  writeFileSync(join(given.directory, 'mine'), 'mine');
  await assert.rejects(restoreBackup(given), { code: 'BACKUP_DAMAGED' });
  assert.deepEqual(readdirSync(dirname(given.directory)), ['data']);
  assert.deepEqual(readdirSync(given.directory), ['mine']);
});

test('data that are there are refused, and with replace kept beside', async (t) => {
  const given = options(t, await made(t));
  mkdirSync(given.directory);
  writeFileSync(join(given.directory, 'mine'), 'mine');
  await assert.rejects(restoreBackup(given), {
    code: 'BACKUP_TARGET',
    details: { directory: given.directory },
  });
  let released = 0;
  const hold = () => ({ release: () => void released++ });
  const { kept } = await restoreBackup({ ...given, replace: true, hold });
  assert.equal(kept, `${given.directory}.before-1970-01-01T00-00-00-000Z`);
  assert.equal(readFileSync(join(kept, 'mine'), 'utf8'), 'mine');
  assert.equal(readFileSync(join(given.directory, 'root.key'), 'utf8'), 'key');
  assert.equal(released, 2);
});

test('data in use are not replaced, and a store that cannot be settled does not take their place', async (t) => {
  const given = options(t, await made(t), { replace: true });
  mkdirSync(given.directory);
  writeFileSync(join(given.directory, 'mine'), 'mine');
  const refuse = (): never => {
    throw new Error('in use');
  };
  await assert.rejects(restoreBackup({ ...given, hold: refuse }), /in use/);
  await assert.rejects(restoreBackup({ ...given, settle: async () => refuse() }), /in use/);
  assert.deepEqual(readdirSync(given.directory), ['mine']);
  assert.deepEqual(readdirSync(dirname(given.directory)), ['data']);
});

test('a link in the code of a plugin comes back as a link', async (t) => {
  const source = dataFolder(t, { 'plugin-code/abc/lib/run': 'code' });
  symlinkSync('lib/run', join(source.directory, 'plugin-code/abc/run'));
  const file = join(temporaryFolder(t), 'a.backup');
  await createBackup(source, { path: file, key: testKey });
  const given = options(t, file);
  await restoreBackup(given);
  assert.equal(readlinkSync(join(given.directory, 'plugin-code/abc/run')), 'lib/run');
});
