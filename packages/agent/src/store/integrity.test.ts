import assert from 'node:assert/strict';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { makeCheckEndless } from './fixtures/endless-check.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { checkIntegrity } from './integrity.ts';
import { openSqlite } from './sqlite-database.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

const pageBytes = 4096;
const rows = 400;

/** A real file of some hundred pages, of which the last writes are still in the log. */
async function filled(t: TestContext): Promise<{ path: string; database: SqliteDatabase }> {
  const path = join(temporaryFolder(t), 'store.sqlite');
  const database = await openSqlite({ path });
  t.after(() => database.close());
  const write = (sql: string, ...parameters: unknown[]) => database.write([{ sql, parameters }]);
  await write('CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, body BLOB)');
  await write('CREATE INDEX items_by_name ON items (name)');
  for (let id = 0; id < rows; id += 1) {
    await write('INSERT INTO items VALUES (?, ?, ?)', id, `item ${id}`, new Uint8Array(3000));
  }
  return { path, database };
}

test('every page of a whole file is read, while the store is open and with what is in its log', async (t) => {
  const { path, database } = await filled(t);
  const { pages, bytes, problems } = await checkIntegrity(path);
  assert.deepEqual(problems, []);
  assert.ok(pages > rows, `${pages} pages`);
  assert.equal(bytes, pages * pageBytes);
  await database.write([{ sql: 'DELETE FROM items', parameters: [] }]);
});

test('a page in the middle that was overwritten is found, though the store still opens', async (t) => {
  const { path, database } = await filled(t);
  await database.close();
  const file = openSync(path, 'r+');
  writeSync(file, new Uint8Array(pageBytes).fill(0xa5), 0, pageBytes, 200 * pageBytes);
  closeSync(file);
  const again = await openSqlite({ path });
  t.after(() => again.close());
  const { problems, pages } = await checkIntegrity(path);
  assert.ok(problems.length > 0 && problems.length <= 5);
  assert.match(problems.join('\n'), /page|malformed/i);
  assert.ok(pages > 200);
});

test('a file that is no database is a problem, not a crash of the check', async (t) => {
  const { problems } = await checkIntegrity(join(temporaryFolder(t), 'absent.sqlite'));
  assert.equal(problems.length, 1);
});

test(
  'a check that is cut short ends at once, also in the middle of a page',
  { timeout: 60_000 },
  async (t) => {
    const { path } = await filled(t);
    makeCheckEndless(path);
    const stop = new AbortController();
    const checking = checkIntegrity(path, stop.signal);
    stop.abort(new Error('enough'));
    await assert.rejects(checking, /enough/);
    await assert.rejects(checkIntegrity(path, stop.signal), /enough/);
  },
);
