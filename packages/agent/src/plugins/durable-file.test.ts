import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openFolderSync, replaceFile, syncFolder } from './durable-file.ts';

test('a file is replaced whole, for its owner alone, and leaves nothing beside it', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'durable-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, 'below/list.json');
  await replaceFile(file, 'one');
  await replaceFile(file, 'two');
  assert.equal(await readFile(file, 'utf8'), 'two');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(join(directory, 'below')), ['list.json']);
});

test('a folder that is gone cannot be waited for', async () => {
  await assert.rejects(syncFolder(join(tmpdir(), 'durable-gone')), { code: 'ENOENT' });
});

test('a folder is opened before it is needed, and synced though it is gone by then', async () => {
  const directory = join(await mkdtemp(join(tmpdir(), 'durable-')), 'one', 'two');
  const folder = await openFolderSync(directory);
  await rm(directory, { recursive: true });
  await folder.sync();
  await writeFile(directory, '');
  await assert.rejects(openFolderSync(directory), { code: 'EEXIST' });
});
