import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { openReader, rowsMax } from './sqlite-reader.ts';
import { openStoreFile } from './store-file.ts';

function open(t: TestContext) {
  const settings = { path: join(temporaryFolder(t), 'store.sqlite'), busyTimeoutMs: 0 };
  const writer = openStoreFile(settings);
  const reader = openReader(settings);
  t.after(() => {
    reader.close();
    writer.close();
  });
  return { reader, writer };
}

const numbers =
  'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n';

test('a commit of the writer is seen by the next read', (t) => {
  const { reader, writer } = open(t);
  writer.exec('CREATE TABLE items (id TEXT)');
  const count = { sql: 'SELECT count(*) AS n FROM items', parameters: [] };
  assert.deepStrictEqual(reader.read(count), [{ n: 0 }]);
  writer.exec("BEGIN; INSERT INTO items VALUES ('a')");
  assert.deepStrictEqual(reader.read(count), [{ n: 0 }]);
  writer.exec('COMMIT');
  assert.deepStrictEqual(reader.read(count), [{ n: 1 }]);
});

test('a read gives at most its number of rows', (t) => {
  const { reader } = open(t);
  assert.equal(reader.read({ sql: numbers, parameters: [rowsMax] }).length, rowsMax);
  assert.throws(() => reader.read({ sql: numbers, parameters: [rowsMax + 1] }), {
    code: 'STORE_FAILED',
  });
});

test('more different reads than are kept ready all work', (t) => {
  const { reader } = open(t);
  for (let index = 0; index < 500; index++) {
    const rows = reader.read({ sql: `SELECT ${index} AS n`, parameters: [] });
    assert.deepStrictEqual(rows, [{ n: index }]);
  }
});

test('a mistake in the statement is an error of the table', (t) => {
  const { reader } = open(t);
  assert.throws(() => reader.read({ sql: 'SELEC 1', parameters: [] }), { code: 'STORE_FAILED' });
  assert.throws(() => reader.read({ sql: 'SELECT * FROM nowhere', parameters: [] }), {
    code: 'STORE_FAILED',
    message: /nowhere/,
  });
});
