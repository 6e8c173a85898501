import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnTypes } from './database.ts';

test('both databases name a type for the same kinds of column', () => {
  assert.deepEqual(Object.keys(columnTypes.sqlite), Object.keys(columnTypes.postgresql));
});

test('text on PostgreSQL compares by bytes, as it does on SQLite', () => {
  assert.match(columnTypes.postgresql.text, /COLLATE "C"$/);
});
