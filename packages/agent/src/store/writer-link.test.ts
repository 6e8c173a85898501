import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { deathFile } from './fixtures/mortal-writer.ts';
import type { Death } from './fixtures/mortal-writer.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { openSqlite } from './sqlite-database.ts';

const writerUrl = new URL('./fixtures/mortal-writer.ts', import.meta.url);

async function open(t: TestContext, clock?: { readonly monotonic: () => number }) {
  const path = join(temporaryFolder(t), 'store.sqlite');
  const database = await openSqlite({ path, writerUrl, ...(clock && { clock }) });
  t.after(() => database.close());
  const tables = [
    'CREATE TABLE items (id TEXT PRIMARY KEY, proof BLOB)',
    'CREATE TABLE chain_heads (name TEXT PRIMARY KEY, position INTEGER, link BLOB)',
  ];
  await database.write(tables.map((sql) => ({ sql, parameters: [] })));
  await database.chain(new Uint8Array(32).fill(1));
  const sql = "INSERT INTO items VALUES (?, chain_row('items', ?))";
  return {
    database,
    write: (id: string) => database.write([{ sql, parameters: [id, new Uint8Array(16)] }]),
    die: (kind: Death) => writeFileSync(deathFile(path), kind),
    live: () => rmSync(deathFile(path)),
    /** Identifiers in order, each with the position in the chain that its proof begins with. */
    kept: async () => {
      const rows = await database.read<{ id: string; proof: Uint8Array }>({
        sql: 'SELECT id, proof FROM items ORDER BY rowid',
        parameters: [],
      });
      return rows.map(({ id, proof }) => `${id}${Buffer.from(proof).readBigUInt64BE(0)}`);
    },
  };
}

for (const [kind, isKept] of [
  ['before', false],
  ['after', true],
  ['error', true],
  ['memory', false],
] as const) {
  test(`a thread that dies (${kind}) leaves its batch unknown, and the next one goes on`, async (t) => {
    const { database, write, die, kept } = await open(t);
    await write('a');
    die(kind);
    const sent = assert.rejects(write('b'), { code: 'STORE_FAILED' });
    // The group of the first one is on its way.
    await Promise.resolve();
    const waiting = write('c');
    await sent;
    await waiting;
    await database.checkpoint();
    await write('d');
    assert.deepEqual(await kept(), isKept ? ['a1', 'b2', 'c3', 'd4'] : ['a1', 'c2', 'd3']);
  });
}

test('a thread that dies at nothing is replaced when it is needed, also to empty the log', async (t) => {
  const { database, write, die, kept } = await open(t);
  await write('a');
  die('before');
  await assert.rejects(database.checkpoint(), { code: 'STORE_FAILED' });
  await database.checkpoint();
  await write('b');
  assert.deepEqual(await kept(), ['a1', 'b2']);
});

test('threads that keep dying are started after longer and longer pauses, up to two seconds', async (t) => {
  let now = 0;
  const { write, die, live, kept } = await open(t, { monotonic: () => now });
  await write('a');
  die('always');
  await assert.rejects(write('b'), /the writer died/);
  await assert.rejects(write('c'), /did not start/);
  for (const pauseMs of [100, 200, 400, 800, 1600, 2000, 2000]) {
    now += pauseMs - 1;
    live();
    await assert.rejects(write('early'), { code: 'STORE_FAILED' });
    die('always');
    now += 1;
    await assert.rejects(write('late'), /did not start/);
  }
  live();
  now += 2000;
  await write('d');
  assert.deepEqual(await kept(), ['a1', 'd2']);
});

test('closing a store whose thread is dead is over at once', async (t) => {
  const { database, write, die } = await open(t);
  die('always');
  await assert.rejects(write('a'), { code: 'STORE_FAILED' });
  await database.close();
  await assert.rejects(write('b'), /it is closed/);
});
