import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { driverMigrations } from './tables.ts';

test('versions count from 1 without gaps, and every step works on an empty database', () => {
  const database = new DatabaseSync(':memory:');
  for (const [index, { version, up }] of driverMigrations.entries()) {
    assert.equal(version, index + 1);
    for (const { sql } of up('sqlite')) database.exec(sql);
  }
  const tables = database
    .prepare("select name from sqlite_schema where type = 'table' order by name")
    .all()
    .map(({ name }) => name);
  for (const name of ['events']) assert.ok(tables.includes(name), name);
  database.close();
});

test('no column but the sealed payload can hold words of a person', () => {
  const plain = /\b(?:text|title|body|content|message)\b(?= )/i;
  for (const { up } of driverMigrations) {
    for (const { sql } of up('sqlite')) {
      const columns = sql.slice(sql.indexOf('(')).split(',');
      const names = columns.map((column) => column.trim().split(/\s+/)[0] ?? '');
      assert.ok(!names.some((name) => plain.test(`${name} `)), sql);
    }
  }
});
