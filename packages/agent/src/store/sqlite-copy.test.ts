import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { openSqlite } from './sqlite-database.ts';
import { copyDatabase } from './sqlite-copy.ts';

test('a copy is of one instant, however much is written meanwhile', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'store.sqlite');
  const database = await openSqlite({ path });
  t.after(() => database.close());
  const sql = 'INSERT INTO pairs VALUES (?, ?)';
  const pair = (id: number) => [0, 1].map((half) => ({ sql, parameters: [id * 2 + half, big] }));
  const big = new Uint8Array(4000);
  await database.write([
    { sql: 'CREATE TABLE pairs (id INTEGER, body BLOB)', parameters: [] },
    ...Array.from({ length: 2000 }, (_, id) => pair(id)).flat(),
  ]);
  let next = 2000;
  let isCopying = true;
  const load = (async () => {
    while (isCopying) await database.write(pair(next++), { durable: false });
  })();
  const to = join(folder, 'copy.sqlite');
  let steps = 0;
  await copyDatabase(path, to, () => steps++);
  isCopying = false;
  await load;
  assert.ok(steps > 1 && next > 2001, `${steps} steps, ${next - 2000} writes`);
  const copy = new DatabaseSync(to, { readOnly: true });
  t.after(() => copy.close());
  const { rows } = copy.prepare('SELECT count(*) AS rows FROM pairs').get() ?? {};
  assert.equal(Number(rows) % 2, 0);
  assert.ok(Number(rows) >= 4000);
  assert.deepEqual(Object.values(copy.prepare('PRAGMA integrity_check').get() ?? {}), ['ok']);
  assert.equal(statSync(to).mode & 0o077, 0);
});

test('a copy that fails leaves nothing, and an existing file as it was', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'store.sqlite');
  const database = await openSqlite({ path });
  t.after(() => database.close());
  const to = join(folder, 'missing', 'copy.sqlite');
  await assert.rejects(copyDatabase(path, to), { code: 'STORE_FAILED' });
  assert.equal(existsSync(to), false);
});
