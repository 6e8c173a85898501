import assert from 'node:assert/strict';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
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
