import assert from 'node:assert/strict';
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from './fixtures/data-folder.ts';
import { watchFolders } from './fixtures/watched-folders.ts';
import { makeFolder, syncFolders } from './folder-sync.ts';

test('a new folder is closed to others and has its name on the disk, and so have those above it', async (t) => {
  const folder = temporaryFolder(t);
  const { events } = watchFolders(t, folder);
  await makeFolder(join(folder, 'a', 'b'));
  assert.deepEqual(events(), ['sync a', 'sync .']);
  assert.equal(statSync(join(folder, 'a', 'b')).mode & 0o077, 0);
  await makeFolder(join(folder, 'a', 'b'));
  assert.deepEqual(events(), ['sync a', 'sync .']);
});

test('a tree is synced from its leaves to its root', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'a', 'b'), { recursive: true });
  const { events } = watchFolders(t, dirname(join(folder, 'a')));
  await syncFolders(join(folder, 'a'));
  assert.deepEqual(events(), ['sync a/b', 'sync a']);
});
