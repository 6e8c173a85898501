import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { openStoreFile } from './store-file.ts';
import { Writer } from './writer.ts';
import type { WireBatch, WriteGroup } from './writer-protocol.ts';

function open(t: TestContext) {
  const path = join(temporaryFolder(t), 'store.sqlite');
  const database = openStoreFile({ path, busyTimeoutMs: 0 });
  t.after(() => database.close());
  database.exec('CREATE TABLE items (id TEXT PRIMARY KEY, body BLOB) STRICT');
  return { database, writer: new Writer(database, path) };
}

const learn = [[1, 'INSERT INTO items VALUES (?, ?)']] as const;

function group(batches: readonly WireBatch[], durable = true): WriteGroup {
  return { kind: 'group', durable, learn, forget: [], batches };
}

function one(id: string, bytes = 1): WireBatch {
  return [[1, [id, new Uint8Array(bytes)], -1]];
}

test('a statement is learned once and then known by its number', (t) => {
  const { writer } = open(t);
  assert.deepEqual(writer.run(group([one('a')])), [[1]]);
  assert.deepEqual(writer.run({ ...group([one('b')]), learn: [] }), [[1]]);
});

test('a batch for which the disk has no room fails alone, and the rest of its group is kept', (t) => {
  const { database, writer } = open(t);
  database.exec('PRAGMA max_page_count = 40');
  const replies = writer.run(group([one('a'), one('large', 1_000_000), one('b')]));
  assert.deepEqual(replies, [[1], { code: 'STORE_FULL', details: {} }, [1]]);
  database.exec('PRAGMA max_page_count = 4000');
  assert.deepEqual(writer.run(group([one('large', 1_000_000)])), [[1]]);
});

test('a group with no batch that needs it is committed without a sync, the next one with', (t) => {
  const { database, writer } = open(t);
  const level = () => database.prepare('PRAGMA synchronous').get()?.['synchronous'];
  writer.run(group([one('a')], false));
  assert.equal(level(), 1, 'NORMAL');
  writer.run(group([one('b')], true));
  assert.equal(level(), 2, 'FULL');
});

test('while another connection holds the database every batch of the group is refused', (t) => {
  const { database, writer } = open(t);
  const path = String(database.location());
  const other = openStoreFile({ path, busyTimeoutMs: 0 });
  t.after(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  const codes = writer
    .run(group([one('a'), one('b')]))
    .map((reply) => ('code' in reply ? reply.code : reply));
  assert.deepEqual(codes, ['STORE_FAILED', 'STORE_FAILED']);
  other.exec('ROLLBACK');
  assert.deepEqual(writer.run(group([one('a'), one('b')])), [[1], [1]]);
});

test('what a statement without rows leaves behind is not counted as a change', (t) => {
  const { writer } = open(t);
  const create: WriteGroup = {
    ...group([[...one('a'), [2, [], -1]]]),
    learn: [...learn, [2, 'CREATE TABLE more (id TEXT)']],
  };
  assert.deepEqual(writer.run(create), [[1, 0]]);
});

test('a checkpoint empties the log', (t) => {
  const { database, writer } = open(t);
  writer.run(group([one('a', 10_000)]));
  assert.equal(writer.checkpoint(), undefined);
  assert.deepEqual(Object.values(database.prepare('PRAGMA wal_checkpoint').get() ?? {}), [0, 0, 0]);
});
