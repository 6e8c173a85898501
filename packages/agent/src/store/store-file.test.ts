import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { failureOf } from './sqlite-failure.ts';
import { openForReading, openStoreFile } from './store-file.ts';

function open(path: string): DatabaseSync {
  return openStoreFile({ path, busyTimeoutMs: 0 });
}

/** A closed store of about 400 kB. */
function filledStore(t: TestContext): string {
  const path = join(temporaryFolder(t), 'store.sqlite');
  const database = open(path);
  database.exec('CREATE TABLE items (id INTEGER PRIMARY KEY, body BLOB) STRICT');
  const insert = database.prepare('INSERT INTO items (body) VALUES (?)');
  for (let index = 0; index < 100; index++) insert.run(new Uint8Array(4000).fill(index));
  database.close();
  return path;
}

function assertRefused(path: string, code: string, problem: RegExp): void {
  const before = readFileSync(path);
  assert.throws(
    () => open(path),
    (error) => {
      const failure = failureOf(error, path);
      assert.equal(failure.code, code);
      assert.match(String(failure.details['problem'] ?? ''), problem);
      return true;
    },
  );
  assert.deepEqual(readFileSync(path), before, 'nothing was overwritten');
}

test('a new file is ours, closed to others, in WAL mode, and synced at each commit', (t) => {
  const folder = temporaryFolder(t);
  const database = open(join(folder, 'store.sqlite'));
  t.after(() => database.close());
  const value = (name: string): unknown =>
    Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  assert.equal(value('application_id'), 0x4f435055);
  assert.equal(value('journal_mode'), 'wal');
  assert.equal(value('synchronous'), 2);
  assert.equal(value('foreign_keys'), 1);
  assert.equal(value('secure_delete'), 1);
  assert.equal(statSync(join(folder, 'store.sqlite')).mode & 0o777, 0o600);
});

test('a draft left by a crash in the middle of making the file is thrown away', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'store.sqlite.new'), 'half a file');
  writeFileSync(join(folder, 'store.sqlite.new-wal'), 'half a log');
  open(join(folder, 'store.sqlite')).close();
  assert.deepEqual(readdirSync(folder), ['store.sqlite']);
});

test('a header of garbage is damage', (t) => {
  const path = filledStore(t);
  const bytes = readFileSync(path);
  bytes.fill(0x58, 0, 16);
  writeFileSync(path, bytes);
  assertRefused(path, 'STORE_DAMAGED', /not a database/);
});

test('a file cut short is damage, also one that lost only its last page', (t) => {
  const path = filledStore(t);
  const { size } = statSync(path);
  for (const length of [size - 4096, Math.floor(size / 2), 4096, 100, 16]) {
    truncateSync(path, length);
    assertRefused(path, 'STORE_DAMAGED', /./);
  }
});

test('an empty file is damage, not a new store', (t) => {
  const path = filledStore(t);
  truncateSync(path, 0);
  assertRefused(path, 'STORE_DAMAGED', /empty/);
});

test('a log without its database is damage: a new database would swallow it', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'store.sqlite-wal'), 'frames of a database that is gone');
  assert.throws(() => open(join(folder, 'store.sqlite')), {
    failure: {
      code: 'STORE_DAMAGED',
      details: {
        file: join(folder, 'store.sqlite'),
        problem: 'the file is missing and its log is still there',
      },
    },
  });
  assert.deepEqual(readdirSync(folder), ['store.sqlite-wal']);
});

test('a database of another program is left alone', (t) => {
  const path = join(temporaryFolder(t), 'store.sqlite');
  const foreign = new DatabaseSync(path);
  foreign.exec('CREATE TABLE bookmarks (url TEXT)');
  foreign.close();
  assertRefused(path, 'STORE_DAMAGED', /another program/);
});

test('a file of a newer program is left alone', (t) => {
  const path = filledStore(t);
  const newer = new DatabaseSync(path);
  newer.exec('PRAGMA user_version = 2');
  newer.close();
  assertRefused(path, 'STORE_NEWER', /^$/);
});

/** A copy of a store as a crash leaves it: 13 new pages only in the log. */
function crashedStore(t: TestContext): string {
  const path = filledStore(t);
  const database = open(path);
  database.exec('PRAGMA wal_autocheckpoint = 0');
  database.prepare('INSERT INTO items (body) VALUES (?)').run(new Uint8Array(50_000));
  const copy = join(temporaryFolder(t), 'store.sqlite');
  writeFileSync(copy, readFileSync(path));
  writeFileSync(`${copy}-wal`, readFileSync(`${path}-wal`));
  database.close();
  return copy;
}

test('pages that are only in the log are not missing', (t) => {
  const database = open(crashedStore(t));
  t.after(() => database.close());
  assert.equal(database.prepare('SELECT count(*) AS n FROM items').get()?.['n'], 101);
});

test('a file cut short beside a log that does not make up for it is damage', (t) => {
  const path = crashedStore(t);
  const log = readFileSync(`${path}-wal`);
  truncateSync(path, 200_000);
  assertRefused(path, 'STORE_DAMAGED', /cut short/);
  assert.deepEqual(readFileSync(`${path}-wal`), log, 'the log is kept for a repair');
});

test('the reading connection cannot write', (t) => {
  const path = filledStore(t);
  const reader = openForReading({ path, busyTimeoutMs: 0 });
  t.after(() => reader.close());
  assert.throws(() => reader.exec('DELETE FROM items'), /readonly/);
});
