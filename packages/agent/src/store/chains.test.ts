import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { chainStart, nextHead, placeOf } from './chains.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { openStoreFile } from './store-file.ts';
import { Writer } from './writer.ts';
import type { WireBatch } from './writer-protocol.ts';

const key = randomBytes(32);

function open(t: TestContext) {
  const path = join(temporaryFolder(t), 'store.sqlite');
  const database = openStoreFile({ path, busyTimeoutMs: 0 });
  t.after(() => database.close());
  database.exec(
    'CREATE TABLE chain_heads (name TEXT PRIMARY KEY, position INTEGER, link BLOB, whole TEXT);' +
      'CREATE TABLE items (id TEXT PRIMARY KEY, proof BLOB)',
  );
  const writer = new Writer(database, path);
  const run = (...batches: WireBatch[]) =>
    writer.run({
      kind: 'group',
      durable: false,
      learn: [[1, "INSERT INTO items VALUES (?, chain_row('items', ?)) ON CONFLICT DO NOTHING"]],
      forget: [],
      batches,
    });
  return { database, writer, run };
}

function add(id: string, expected = -1): WireBatch {
  return [[1, [id, Buffer.from(id.padEnd(16))], expected]];
}

/** Ids in order, each with whether its place follows from the row before it. */
function walk({ database }: ReturnType<typeof open>): [string, boolean][] {
  let head = chainStart;
  return database
    .prepare('SELECT id, proof FROM items ORDER BY rowid')
    .all()
    .map(({ id, proof }) => {
      const mac = Buffer.from(String(id).padEnd(16));
      head = nextHead(createSecretKey(key), { table: 'items', head }, mac);
      assert.ok(proof instanceof Uint8Array);
      return [String(id), Buffer.from(placeOf(proof)?.link ?? []).equals(head.link)];
    });
}

function headPosition({ database }: ReturnType<typeof open>): unknown {
  return database.prepare('SELECT position FROM chain_heads').get()?.['position'];
}

test('each row follows from the one before it, over commits and over a new start', (t) => {
  const opened = open(t);
  assert.equal(opened.writer.chain(key), undefined);
  opened.run(add('a'), add('b'));
  opened.run(add('c'));
  opened.writer.chain(key);
  opened.run(add('d'));
  assert.deepEqual(walk(opened), [
    ['a', true],
    ['b', true],
    ['c', true],
    ['d', true],
  ]);
  assert.equal(headPosition(opened), 4);
});

test('a row that was there already and a batch that was undone take no place', (t) => {
  const opened = open(t);
  opened.writer.chain(key);
  opened.run(add('a'), add('a'), [...add('undone'), ...add('a', 1)], add('b'));
  opened.run([...add('undone'), ...add('a', 1)]);
  opened.run(add('c'));
  assert.deepEqual(walk(opened), [
    ['a', true],
    ['b', true],
    ['c', true],
  ]);
});

test('when a whole group is lost its links are lost with it', (t) => {
  const opened = open(t);
  opened.writer.chain(key);
  opened.database.exec('CREATE TABLE large (body BLOB); PRAGMA max_page_count = 20');
  const filler = [[2, [], -1]] as const;
  const replies = opened.writer.run({
    kind: 'group',
    durable: false,
    learn: [
      [1, "INSERT INTO items VALUES (?, chain_row('items', ?)) ON CONFLICT DO NOTHING"],
      [2, 'INSERT INTO large VALUES (zeroblob(1000000))'],
    ],
    forget: [],
    batches: [add('a'), filler, add('b')],
  });
  assert.deepEqual(replies, [[1], { code: 'STORE_FULL', details: {} }, [1]]);
  assert.deepEqual(walk(opened), [
    ['a', true],
    ['b', true],
  ]);
  assert.equal(headPosition(opened), 2);
});

test('without its key no row with a proof is written', (t) => {
  const opened = open(t);
  const [reply] = opened.run(add('a'));
  assert.equal(reply !== undefined && 'code' in reply && reply.code, 'STORE_FAILED');
  assert.deepEqual(walk(opened), []);
});
