import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { lockDirectory } from './directory-lock.ts';

const holder = {
  pid: 4711,
  command: 'agent serve',
  host: 'laptop',
  since: '2026-05-01T09:00:00.000Z',
};

test('a second owner is told who the first one is', (t) => {
  const directory = temporaryFolder(t);
  const lock = lockDirectory(directory, holder);
  t.after(() => lock.release());
  assert.throws(() => lockDirectory(directory, { ...holder, pid: 1 }), {
    code: 'STORE_LOCKED',
    details: {
      directory,
      holder: 'process 4711 (agent serve) on laptop since 2026-05-01T09:00:00.000Z',
    },
  });
  assert.throws(() => lockDirectory(directory, holder), { code: 'STORE_LOCKED' }, 'still held');
});

test('after release another owner gets it, and the note is gone', (t) => {
  const directory = temporaryFolder(t);
  lockDirectory(directory, holder).release();
  assert.deepEqual(readdirSync(directory), ['owner.lock']);
  lockDirectory(directory, holder).release();
});

test('releasing twice takes nothing from the next owner', (t) => {
  const directory = temporaryFolder(t);
  const first = lockDirectory(directory, holder);
  first.release();
  const next = lockDirectory(directory, { ...holder, pid: 2 });
  t.after(() => next.release());
  first.release();
  assert.throws(() => lockDirectory(directory, holder), {
    code: 'STORE_LOCKED',
    message: /process 2 /,
  });
});

test('what a crashed owner left behind does not lock', (t) => {
  const directory = temporaryFolder(t);
  writeFileSync(join(directory, 'owner.lock'), '');
  writeFileSync(join(directory, 'owner.json'), JSON.stringify(holder));
  lockDirectory(directory, { ...holder, pid: 2 }).release();
});

test('without a readable note the lock holds all the same', (t) => {
  const directory = temporaryFolder(t);
  const lock = lockDirectory(directory, holder);
  t.after(() => lock.release());
  for (const note of ['{"pid": "x"}', 'not json']) {
    writeFileSync(join(directory, 'owner.json'), note);
    assert.throws(() => lockDirectory(directory, holder), {
      details: { directory, holder: 'another process' },
    });
  }
  rmSync(join(directory, 'owner.json'));
  assert.throws(() => lockDirectory(directory, holder), { code: 'STORE_LOCKED' });
});

test('when the note cannot be written the lock is let go', (t) => {
  const directory = temporaryFolder(t);
  mkdirSync(join(directory, 'owner.json', 'in-the-way'), { recursive: true });
  assert.throws(() => lockDirectory(directory, holder), { code: 'EISDIR' });
  rmSync(join(directory, 'owner.json'), { recursive: true });
  lockDirectory(directory, holder).release();
});

test('a lock file that holds something else is reported, not overwritten', (t) => {
  const directory = temporaryFolder(t);
  writeFileSync(join(directory, 'owner.lock'), 'x'.repeat(2000));
  assert.throws(() => lockDirectory(directory, holder), { code: 'STORE_UNREADABLE' });
  assert.equal(statSync(join(directory, 'owner.lock')).size, 2000);
});

test('lock and note are closed to others', (t) => {
  const directory = temporaryFolder(t);
  const lock = lockDirectory(directory, holder);
  t.after(() => lock.release());
  for (const name of ['owner.lock', 'owner.json']) {
    assert.equal(statSync(join(directory, name)).mode & 0o777, 0o600, name);
  }
});
