import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { listContents, unlessGone } from './contents.ts';
import { dataFolder } from './fixtures/data-folder.ts';

test('keys, settings, what plugins keep and the list of packages are backed up', async (t) => {
  const { directory } = dataFolder(t, {
    'root.key': 'key',
    'config.yaml': 'a: 1',
    'plugins/notes/1/a.sealed': 'note',
    'packages/package.json': '{}',
    'something-of-a-later-version/file': '',
  });
  assert.deepEqual(
    (await listContents(directory)).map(({ path, bytes }) => [path, bytes]),
    [
      ['config.yaml', 4],
      ['packages/package.json', 2],
      ['plugins/notes/1/a.sealed', 4],
      ['root.key', 3],
      ['something-of-a-later-version/file', 0],
    ],
  );
});

test('what can be made again, what means this process, links and the database are not', async (t) => {
  const { directory } = dataFolder(t, {
    'owner.json': '',
    'owner.lock': '',
    'backup.key': '',
    'backup-under-way.json': '',
    'restored.json': '',
    'store.sqlite-wal': '',
    'store.damaged-1/store.sqlite': '',
    'snapshots/a.sqlite': '',
    'cache/intents': '',
    'backups/a.backup': '',
    'packages/node_modules/a/index.js': '',
    'plugins/half.partial': '',
  });
  symlinkSync('/etc/passwd', join(directory, 'link'));
  assert.deepEqual(await listContents(directory), []);
});

test('what is gone by the time it is looked at is nothing; any other fault stays one', async (t) => {
  const { directory } = dataFolder(t, {});
  await assert.rejects(listContents(join(directory, 'missing')), { code: 'ENOENT' });
  assert.equal(await lstat(join(directory, 'missing')).catch(unlessGone), undefined);
  const under = lstat(join(directory, 'store.sqlite', 'a'));
  await assert.rejects(under.catch(unlessGone), { code: 'ENOTDIR' });
});
