import assert from 'node:assert/strict';
import fs from 'node:fs';
import { closeSync, existsSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { statSync, writeFileSync, writeSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { noteMigrations as migrations, notesProven } from './fixtures/fault-process.ts';
import { fixedClock as clock } from './fixtures/fixed-clock.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { repairStore } from './repair.ts';
import { openStore } from './store.ts';
import type { Store } from './store.ts';

const rowsCount = 300;
const options = { command: 'test', migrations, proven: [notesProven], clock };

/** Ids are made before their commit, so that rows may stand in another order than their ids. */
async function filled(
  t: TestContext,
  place: (count: number) => number = (count) => count,
): Promise<string> {
  const path = temporaryFolder(t);
  const store = await openStore({ path, ...options });
  const proofs = store.sealing.rows(notesProven);
  const statements = Array.from({ length: rowsCount }, (_, count) => {
    const id = `note-${String(place(count)).padStart(5, '0')}`;
    const payload = Buffer.alloc(700, id);
    const proof = proofs.prove({ id, payload });
    const sql = "insert into notes values (?, ?, chain_row('notes', ?))";
    return { sql, parameters: [id, payload, proof] };
  });
  await store.database.write(statements);
  await store.sealing.person('anna');
  await store.close();
  return path;
}

async function rowsOf(store: Store): Promise<number> {
  const sql = 'select * from notes';
  const rows = await store.database.read<Record<string, unknown>>({ sql, parameters: [] });
  for (const row of rows) store.sealing.rows(notesProven).check(row);
  return rows.length;
}

test('altered rows are left out, all others are kept in a new chain, the old file stays beside', async (t) => {
  const path = await filled(t);
  const file = new DatabaseSync(join(path, 'store.sqlite'));
  file.exec(
    "update notes set id = 'other' where id = 'note-00007'; delete from notes where id = 'note-00100'",
  );
  file.close();
  const { tables, damaged } = await repairStore({ path, ...options });
  const notes = tables.find(({ table }) => table === 'notes');
  assert.deepEqual(notes, { table: 'notes', kept: rowsCount - 2, lost: 2 });
  assert.ok(existsSync(join(damaged, 'store.sqlite')));
  const store = await openStore({ path, ...options });
  t.after(() => store.close());
  assert.equal(await rowsOf(store), rowsCount - 2);
  assert.deepEqual((await store.check()).problems, []);
});

test('rows that were written in another order than that of their ids are whole after a repair', async (t) => {
  const path = await filled(t, (count) => rowsCount - count);
  await repairStore({ path, ...options });
  const store = await openStore({ path, ...options });
  t.after(() => store.close());
  assert.equal(await rowsOf(store), rowsCount);
  assert.deepEqual((await store.check()).problems, []);
});

test('pages of zeros in the middle of a table cost their own rows only', async (t) => {
  const path = await filled(t);
  const file = join(path, 'store.sqlite');
  const pages = statSync(file).size / 4096;
  const descriptor = openSync(file, 'r+');
  for (const page of [Math.floor(pages / 2), Math.floor(pages / 2) + 1]) {
    writeSync(descriptor, Buffer.alloc(4096), 0, 4096, page * 4096);
  }
  closeSync(descriptor);
  const { tables } = await repairStore({ path, ...options });
  const notes = tables.find(({ table }) => table === 'notes');
  // A page holds five of these rows.
  assert.ok(notes && notes.kept >= rowsCount - 10 && notes.kept < rowsCount, String(notes?.kept));
  assert.equal(notes.kept + notes.lost, rowsCount);
  const store = await openStore({ path, ...options });
  t.after(() => store.close());
  assert.equal(await rowsOf(store), notes.kept);
});

test('a file that is no database any more cannot be repaired and stays as it is', async (t) => {
  const path = await filled(t);
  writeFileSync(join(path, 'store.sqlite'), 'x'.repeat(8192));
  await assert.rejects(repairStore({ path, ...options }), { code: 'STORE_DAMAGED' });
  assert.deepEqual(
    readdirSync(path).filter((name) => name.startsWith('store')),
    ['store.sqlite'],
  );
});

/** Changes the closed file of a store. */
function alter(path: string, sql: string): void {
  const file = new DatabaseSync(join(path, 'store.sqlite'));
  file.exec(sql);
  file.close();
}

test('without its row in the table, the key of the installation comes from its copy', async (t) => {
  for (const damage of [
    "delete from person_keys where person_id = 'installation'",
    "update person_keys set wrapped = zeroblob(61) where person_id = 'installation'",
  ]) {
    const path = await filled(t);
    alter(path, damage);
    await assert.rejects(openStore({ path, ...options }), {
      code: 'STORE_DAMAGED',
      message: /copy/,
    });
    const { tables } = await repairStore({ path, ...options });
    const notes = tables.find(({ table }) => table === 'notes');
    assert.deepEqual(notes, { table: 'notes', kept: rowsCount, lost: 0 });
    const store = await openStore({ path, ...options });
    t.after(() => store.close());
    assert.equal(await rowsOf(store), rowsCount);
    assert.deepEqual((await store.check()).problems, []);
  }
});

test('without the copy as well nothing is repaired, the files stay, and it is said what was lost', async (t) => {
  const path = await filled(t);
  alter(path, "delete from person_keys where person_id = 'installation'");
  rmSync(join(path, 'installation.key'));
  const before = readFileSync(join(path, 'store.sqlite'));
  await assert.rejects(repairStore({ path, ...options }), {
    code: 'STORE_DAMAGED',
    message: /key of the installation is lost, and so is its copy/,
  });
  assert.deepEqual(readFileSync(join(path, 'store.sqlite')), before);
  assert.deepEqual(
    readdirSync(path).filter((name) => /damaged|repair/.test(name)),
    [],
  );
});

test('a table that follows from another one is made anew from its intact rows', async (t) => {
  const make = (row: Readonly<Record<string, unknown>>, seal: { readonly personId: string }) => ({
    sql: 'insert into found values (?)',
    parameters: [`${seal.personId}:${String(row['id'])}`],
  });
  const up = () =>
    ['create table items (id text, person text)', 'create table found (item text)'].map((sql) => ({
      sql,
      parameters: [],
    }));
  const own = [{ component: 'items', version: 1, up }];
  const given = { command: 'test', clock, migrations: own };
  const path = temporaryFolder(t);
  const store = await openStore({ path, ...given });
  const rows = ["('a', 'anna')", "('b', 'bert')"].map((row) => ({
    sql: `insert into items values ${row}`,
    parameters: [],
  }));
  await store.database.write(rows);
  await store.sealing.person('bert');
  await store.sealing.erase('bert');
  await store.close();
  alter(path, "insert into found values ('of nobody')");
  const derived = [{ table: 'found', from: 'items', make }];
  const { tables } = await repairStore({ path, ...given, derived });
  assert.deepEqual(tables.at(-1), { table: 'found', kept: 1, lost: 0 });
  const repaired = await openStore({ path, ...given });
  t.after(() => repaired.close());
  const all = { sql: 'select item from found', parameters: [] };
  assert.deepEqual(
    (await repaired.database.read<{ item: string }>(all)).map(({ item }) => item),
    ['anna:a'],
  );
});

test('what was mended is counted with its table', async (t) => {
  const path = await filled(t);
  const mend = async () => [{ table: 'notes', rows: 3 }];
  const { tables } = await repairStore({ path, ...options, mend });
  assert.equal(tables.find(({ table }) => table === 'notes')?.mended, 3);
  assert.ok(tables.every(({ table, mended }) => table === 'notes' || mended === undefined));
});

test('the repaired file and its folders are on the disk before anything is removed', async (t) => {
  const path = await filled(t);
  const synced: string[] = [];
  const { fsyncSync, openSync: opens, renameSync: renames } = fs;
  const opened = new Map<number, string>();
  t.mock.method(fs, 'openSync', (...given: Parameters<typeof opens>) => {
    const descriptor = opens(...given);
    opened.set(descriptor, basename(String(given[0])));
    return descriptor;
  });
  t.mock.method(fs, 'fsyncSync', (descriptor: number) => {
    synced.push(opened.get(descriptor) ?? '');
    fsyncSync(descriptor);
  });
  t.mock.method(fs, 'renameSync', (...given: Parameters<typeof renames>) => {
    synced.push(`rename ${basename(String(given[0]))}`);
    renames(...given);
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  const { damaged } = await repairStore({ path, ...options });
  const end = synced.slice(synced.lastIndexOf('rename store.sqlite.repair') - 5);
  assert.deepEqual(end, [
    'store.sqlite',
    'store.sqlite-wal',
    basename(damaged),
    'store.sqlite.repair',
    basename(path),
    'rename store.sqlite.repair',
    basename(path),
  ]);
});
