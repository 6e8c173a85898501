import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { salvageRows } from './salvage.ts';

test('every row of an intact table is read once, over gaps in its numbers', () => {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE a (b INTEGER PRIMARY KEY)');
  const numbers = [1, 2, 3, ...Array.from({ length: 250 }, (_, index) => 1_000_000 + index * 3)];
  for (const number of numbers) database.prepare('INSERT INTO a VALUES (?)').run(number);
  assert.deepEqual(
    [...salvageRows(database, 'a')].map(({ b }) => b),
    numbers,
  );
  database.close();
});

test('a table that is not there has no rows', () => {
  const database = new DatabaseSync(':memory:');
  assert.deepEqual([...salvageRows(database, 'missing')], []);
  database.close();
});
