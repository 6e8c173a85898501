import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { prepareStatement } from './sqlite-statement.ts';

function items(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE items (id TEXT, size INTEGER)');
  return database;
}

test('rows are plain objects in the order of the columns', () => {
  const database = items();
  prepareStatement(database, 'INSERT INTO items VALUES (?, ?)').run(['a', 1]);
  const select = prepareStatement(database, 'SELECT size, id FROM items');
  assert.equal(select.returnsRows, true);
  const rows = select.all([]);
  assert.deepStrictEqual(rows, [{ size: 1, id: 'a' }]);
  assert.equal(Object.getPrototypeOf(rows[0]), Object.prototype);
});

test('changes are those of the statement itself, none for one that makes a table', () => {
  const database = items();
  const insert = prepareStatement(database, "INSERT INTO items VALUES ('a', 1), ('b', 2)");
  assert.equal(insert.run([]), 2);
  assert.equal(prepareStatement(database, 'CREATE TABLE more (id TEXT)').run([]), 0);
  assert.equal(prepareStatement(database, 'DELETE FROM items WHERE size > 5').run([]), 0);
  const withClause = 'WITH big AS (SELECT 2 AS size) DELETE FROM items WHERE size IN big';
  assert.equal(prepareStatement(database, withClause).run([]), 1);
});

test('a second statement in the text is refused, a semicolon at the end is not', () => {
  const database = items();
  assert.throws(() => prepareStatement(database, 'DELETE FROM items; DELETE FROM items'), {
    failure: {
      code: 'STORE_FAILED',
      details: { problem: 'a statement holds more than one statement' },
    },
  });
  assert.equal(prepareStatement(database, 'DELETE FROM items;\n ').run([]), 0);
});

test('columns that appear later are seen', () => {
  const database = items();
  database.exec("INSERT INTO items VALUES ('a', 1)");
  const select = prepareStatement(database, 'SELECT * FROM items');
  select.all([]);
  database.exec('ALTER TABLE items ADD COLUMN more TEXT');
  assert.deepStrictEqual(select.all([]), [{ id: 'a', size: 1, more: null }]);
});
