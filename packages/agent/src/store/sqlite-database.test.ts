import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { testDatabase } from './fixtures/conformance.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { openSqlite } from './sqlite-database.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { WriteLimits } from './write-queue.ts';

async function open(t: TestContext, limits: Partial<WriteLimits> = {}, folder?: string) {
  const path = join(folder ?? temporaryFolder(t), 'store.sqlite');
  const database = await openSqlite({ path, limits });
  t.after(() => database.close());
  return database;
}

const create = {
  sql: 'CREATE TABLE items (id TEXT PRIMARY KEY, body BLOB) STRICT',
  parameters: [],
};

function insert(id: string, body: Uint8Array | null = null) {
  return { sql: 'INSERT INTO items VALUES (?, ?)', parameters: [id, body] };
}

async function countOf(database: SqliteDatabase): Promise<unknown> {
  const [row] = await database.read<{ n: number }>({
    sql: 'SELECT count(*) AS n FROM items',
    parameters: [],
  });
  return row?.n;
}

testDatabase('sqlite', open);

test('what was written is there after closing and opening again', async (t) => {
  const folder = temporaryFolder(t);
  const first = await openSqlite({ path: join(folder, 'store.sqlite') });
  await first.write([create, insert('a', new Uint8Array(5000).fill(7))]);
  await first.close();
  assert.deepEqual(readdirSync(folder), ['store.sqlite'], 'the log is emptied and removed');
  const second = await open(t, {}, folder);
  const rows = await second.read({ sql: 'SELECT * FROM items', parameters: [] });
  assert.deepStrictEqual(rows, [{ id: 'a', body: new Uint8Array(5000).fill(7) }]);
});

test('batches written at the same time share commits', async (t) => {
  const folder = temporaryFolder(t);
  const database = await open(t, {}, folder);
  await database.write([create]);
  const logBytes = (): number => statSync(join(folder, 'store.sqlite-wal')).size;
  const before = logBytes();
  await Promise.all(
    Array.from({ length: 100 }, (_, index) => database.write([insert(`${index}`)])),
  );
  assert.equal(await countOf(database), 100);
  // Alone, each commit writes a page of the table and one of its index: 200 pages.
  const pages = (logBytes() - before) / 4096;
  assert.ok(pages > 0 && pages < 50, `${pages} pages`);
});

test('the database, its log and its index are closed to others', async (t) => {
  const folder = temporaryFolder(t);
  const database = await open(t, {}, folder);
  await database.write([create, insert('a')]);
  const names = readdirSync(folder).toSorted();
  assert.deepEqual(names, ['store.sqlite', 'store.sqlite-shm', 'store.sqlite-wal']);
  for (const name of names) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
});

test('a batch of more bytes than the queue holds is taken when nothing else waits', async (t) => {
  const database = await open(t, { bytesWaitingMax: 1000 });
  await database.write([create]);
  const large = database.write([insert('large', new Uint8Array(100_000))]);
  await assert.rejects(database.write([insert('next', new Uint8Array(10))]), {
    code: 'STORE_BUSY',
  });
  await large;
  await database.write([insert('next', new Uint8Array(10))]);
  assert.equal(await countOf(database), 2);
});

test('a foreign key that fails only at the commit rejects its own batch alone', async (t) => {
  const database = await open(t);
  const sql =
    'CREATE TABLE parts (item TEXT NOT NULL REFERENCES items (id) DEFERRABLE INITIALLY DEFERRED)';
  await database.write([create, { sql, parameters: [] }]);
  const part = (item: string) => ({ sql: 'INSERT INTO parts VALUES (?)', parameters: [item] });
  const outcomes = await Promise.allSettled([
    database.write([part('a'), insert('a')]),
    database.write([part('nowhere')]),
    database.write([insert('b')]),
  ]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.equal(await countOf(database), 2);
});

test('more different statements than are remembered all work, and again', async (t) => {
  const database = await open(t);
  await database.write([create]);
  for (let round = 0; round < 2; round++) {
    const writes = Array.from({ length: 1200 }, (_, index) =>
      database.write([
        { sql: `INSERT INTO items VALUES ('${round}-${index}', NULL)`, parameters: [] },
      ]),
    );
    await Promise.all(writes);
  }
  assert.equal(await countOf(database), 2400);
});

test('a view of a larger buffer is stored as what it shows', async (t) => {
  const database = await open(t);
  const pool = new Uint8Array(4096).fill(9);
  await database.write([create, insert('a', pool.subarray(10, 13))]);
  const rows = await database.read({ sql: 'SELECT body FROM items', parameters: [] });
  assert.deepStrictEqual(rows, [{ body: new Uint8Array([9, 9, 9]) }]);
});

test('a checkpoint takes erased bytes out of the folder', async (t) => {
  const folder = temporaryFolder(t);
  const database = await open(t, {}, folder);
  const secret = 'a-row-that-is-to-vanish';
  await database.write([create, insert('a', Buffer.from(secret))]);
  assert.ok(holds(folder, secret), 'the test looks in the right place');
  await database.write([{ sql: 'UPDATE items SET body = NULL', parameters: [] }]);
  await database.checkpoint();
  assert.ok(!holds(folder, secret));
});

test('a column added later is in the rows of statements prepared before', async (t) => {
  const database = await open(t);
  await database.write([create, insert('a')]);
  const select = { sql: 'SELECT * FROM items', parameters: [] };
  await database.read(select);
  await database.write([{ sql: 'ALTER TABLE items ADD COLUMN more TEXT', parameters: [] }]);
  assert.deepStrictEqual(await database.read(select), [{ id: 'a', body: null, more: null }]);
});

test('when the writer cannot start, opening fails with a code', async (t) => {
  const path = join(temporaryFolder(t), 'store.sqlite');
  const writerUrl = new URL('./no-such-file.js', import.meta.url);
  await assert.rejects(openSqlite({ path, writerUrl }), { code: 'STORE_FAILED' });
});

test('a process with nothing to write ends by itself', { timeout: 60_000 }, async (t) => {
  const path = join(temporaryFolder(t), 'store.sqlite');
  const module = new URL('./sqlite-database.ts', import.meta.url).href;
  const script = `const { openSqlite } = await import(${JSON.stringify(module)});
    const database = await openSqlite({ path: ${JSON.stringify(path)} });
    if (process.argv[1] === 'write') await database.write([${JSON.stringify(create)}]);`;
  for (const task of ['none', 'write']) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, task]);
    t.after(() => child.kill('SIGKILL'));
    assert.deepEqual(await once(child, 'exit'), [0, null], task);
  }
  const database = await openSqlite({ path });
  t.after(() => database.close());
  assert.equal(await countOf(database), 0, 'what it wrote without closing is there');
});

function holds(folder: string, text: string): boolean {
  return readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes(text));
}
