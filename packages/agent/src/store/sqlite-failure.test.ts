import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { failureOf, FailureError } from './sqlite-failure.ts';

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
}

test('a rule of a table that was broken is a conflict, named without the value', () => {
  const database = new DatabaseSync(':memory:');
  database.exec("CREATE TABLE items (id TEXT PRIMARY KEY); INSERT INTO items VALUES ('secret')");
  const failure = failureOf(
    thrownBy(() => database.exec("INSERT INTO items VALUES ('secret')")),
    'file',
  );
  assert.equal(failure.code, 'STORE_CONFLICT');
  assert.match(String(failure.details['expected']), /items\.id/);
  assert.doesNotMatch(String(failure.details['expected']), /secret/);
});

test('extended codes are read as their primary code', () => {
  // SQLITE_IOERR_WRITE, SQLITE_CORRUPT_INDEX, SQLITE_READONLY_DBMOVED, SQLITE_CANTOPEN_ISDIR.
  const codes = [778, 779, 1032, 526].map((errcode) => {
    return failureOf(Object.assign(new Error('sqlite'), { errcode }), 'file').code;
  });
  assert.deepEqual(codes, [
    'STORE_FAILED',
    'STORE_DAMAGED',
    'STORE_UNREADABLE',
    'STORE_UNREADABLE',
  ]);
});

test('a full disk is told apart, whoever notices it', () => {
  assert.equal(failureOf(Object.assign(new Error(), { errcode: 13 }), 'file').code, 'STORE_FULL');
  assert.equal(
    failureOf(Object.assign(new Error(), { code: 'ENOSPC' }), 'file').code,
    'STORE_FULL',
  );
});

test('a file without the right to it, or on a read-only disk, is unreadable', () => {
  for (const code of ['EACCES', 'EPERM', 'EROFS']) {
    const failure = failureOf(Object.assign(new Error(code), { code }), '/data/store.sqlite');
    assert.equal(failure.code, 'STORE_UNREADABLE');
    assert.equal(failure.details['directory'], '/data/store.sqlite');
  }
});

test('an error that knows its entry keeps it, and anything else is a failure of the database', () => {
  const failure = { code: 'STORE_NEWER', details: { directory: 'x' } } as const;
  assert.deepEqual(failureOf(new FailureError(failure), 'file'), failure);
  assert.deepEqual(failureOf('odd', 'file'), { code: 'STORE_FAILED', details: { problem: 'odd' } });
});
