import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { runStoreProcess } from './fixtures/run-store-process.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { openDataDirectory } from './data-directory.ts';

const options = { command: 'agent test', now: () => 0 };

function open(t: TestContext, path: string) {
  const directory = openDataDirectory({ path, ...options });
  t.after(() => directory.release());
  return directory;
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

test('a directory that is not there is made, parents too, for its owner alone', (t) => {
  const path = join(temporaryFolder(t), 'share', 'opencomputer');
  const directory = open(t, path);
  assert.equal(directory.path, path);
  assert.equal(directory.file('store.sqlite'), join(path, 'store.sqlite'));
  assert.equal(modeOf(path), 0o700);
});

test('a directory and files that others could read are closed to them', (t) => {
  const path = temporaryFolder(t);
  chmodSync(path, 0o755);
  writeFileSync(join(path, 'root.key'), 'key', { mode: 0o644 });
  writeFileSync(join(path, 'store.sqlite-wal'), 'log', { mode: 0o664 });
  open(t, path);
  assert.equal(modeOf(path), 0o700);
  assert.equal(modeOf(join(path, 'root.key')), 0o600);
  assert.equal(modeOf(join(path, 'store.sqlite-wal')), 0o600);
});

test('what a link in it points to keeps its mode', (t) => {
  const outside = join(temporaryFolder(t), 'outside');
  writeFileSync(outside, 'of someone else', { mode: 0o644 });
  const path = temporaryFolder(t);
  symlinkSync(outside, join(path, 'link'));
  open(t, path);
  assert.equal(modeOf(outside), 0o644);
});

test('a file, or a path through a file, is not a directory', (t) => {
  const file = join(temporaryFolder(t), 'file');
  writeFileSync(file, '');
  for (const path of [file, join(file, 'below')]) {
    assert.throws(() => openDataDirectory({ path, ...options }), {
      code: 'STORE_UNREADABLE',
      message: /is not a directory/,
    });
  }
});

test('the home directory or a root, named by mistake, is left as it is', () => {
  for (const path of [homedir(), '/']) {
    const before = readdirSync(path).length;
    assert.throws(() => openDataDirectory({ path, ...options }), { code: 'STORE_UNREADABLE' });
    assert.equal(readdirSync(path).length, before);
  }
});

test('a second opening is told who holds it, until it is released', (t) => {
  const path = temporaryFolder(t);
  const first = openDataDirectory({ path, ...options });
  const holder = new RegExp(`process ${process.pid} \\(agent test\\) on .* since 1970-01-01T00:00`);
  assert.throws(() => openDataDirectory({ path, ...options }), {
    code: 'STORE_LOCKED',
    message: holder,
  });
  first.release();
  open(t, path);
});

/** Root passes every permission: a test by root tries as `nobody` in another process. */
const nobody = 65_534;

async function refusedAsUser(t: TestContext, path: string): Promise<unknown> {
  const uid = process.getuid?.() === 0 ? { uid: nobody } : {};
  const line = await runStoreProcess(t, { path, ...uid }).lines.next();
  return JSON.parse(String(line.value));
}

function ownedByUser(folder: string): string {
  if (process.getuid?.() === 0) chownSync(folder, nobody, nobody);
  return folder;
}

if (process.platform !== 'win32') {
  test('a directory without the right to write is refused with what is wrong', async (t) => {
    const path = ownedByUser(temporaryFolder(t));
    chmodSync(path, 0o555);
    const { code, message } = (await refusedAsUser(t, path)) as { code: string; message: string };
    assert.equal(code, 'STORE_UNREADABLE');
    assert.match(message, /this user has no right to it/);
    assert.deepEqual(readdirSync(path), []);
    assert.equal(modeOf(path), 0o555, 'what its owner set is not overruled');
  });

  test('a parent that may not be entered is refused with what is wrong', async (t) => {
    const parent = ownedByUser(temporaryFolder(t));
    mkdirSync(join(parent, 'data'));
    chmodSync(parent, 0o000);
    const { code } = (await refusedAsUser(t, join(parent, 'data'))) as { code: string };
    assert.equal(code, 'STORE_UNREADABLE');
  });
}

if (process.getuid?.() === 0) {
  test('a directory of another user is refused, also by root', (t) => {
    const path = temporaryFolder(t);
    chownSync(path, nobody, nobody);
    assert.throws(() => openDataDirectory({ path, ...options }), {
      code: 'STORE_UNREADABLE',
      message: /belongs to user 65534, and this process runs as user 0/,
    });
  });
}
