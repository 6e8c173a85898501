import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { isOwnLink, listContents, unlessGone } from './contents.ts';
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
    'fetching/source-1/tree/a': '',
    'sandboxes/a': '',
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

test('the code of plugins is backed up exactly, with its packages and its own links', async (t) => {
  const { directory } = dataFolder(t, {
    'plugin-code/abc/node_modules/a/index.js': 'code',
    'plugin-code/abc/x.partial': '',
  });
  symlinkSync('node_modules/a', join(directory, 'plugin-code/abc/link'));
  assert.deepEqual(
    (await listContents(directory)).map(({ path, bytes, link }) => [path, bytes, link]),
    [
      ['plugin-code/abc/link', 14, true],
      ['plugin-code/abc/node_modules/a/index.js', 4, undefined],
      ['plugin-code/abc/x.partial', 0, undefined],
    ],
  );
});

test('only a link within one tree of code may come back', () => {
  assert.equal(isOwnLink('plugin-code/abc/bin/run', '../lib/run'), true);
  for (const target of ['/etc/passwd', '../../../root.key', '../..', '../../other/x', 'a\0']) {
    assert.equal(isOwnLink('plugin-code/abc/bin/run', target), false, target);
  }
  assert.equal(isOwnLink('plugins/notes/link', 'x'), false);
});
