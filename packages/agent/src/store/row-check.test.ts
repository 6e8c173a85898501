import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Migration } from '@opencomputer/contracts/internal';
import { fixedClock } from './fixtures/fixed-clock.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { createRowCheck } from './row-check.ts';
import { openStore } from './store.ts';
import type { Store } from './store.ts';

const migrations: Migration[] = [
  {
    component: 'notes',
    version: 1,
    up: () => [
      {
        sql: 'create table notes (id text primary key, person text, at integer, payload blob, proof blob)',
        parameters: [],
      },
      {
        sql: 'create table hints (id text primary key, person text, payload blob)',
        parameters: [],
      },
    ],
  },
];
const notes = { table: 'notes', columns: ['id', 'person', 'at'] };
const hints = { table: 'hints', columns: ['id'] };

async function filled(t: TestContext): Promise<{ path: string; open: () => Promise<Store> }> {
  const path = temporaryFolder(t);
  const open = () =>
    openStore({ path, command: 'test', migrations, proven: [notes], clock: fixedClock });
  const store = await open();
  const seal = await store.sealing.person('ada');
  for (let count = 0; count < 10; count++) {
    const id = `n${count}`;
    const payload = seal.seal({ table: 'notes', rowId: id }, Buffer.from(id));
    const row = { id, person: 'ada', at: count, payload };
    const proof = store.sealing.rows(notes).prove(row);
    await store.database.write([
      {
        sql: "insert into notes values (?, ?, ?, ?, chain_row('notes', ?))",
        parameters: [id, 'ada', count, payload, proof],
      },
      {
        sql: 'insert into hints values (?, ?, ?)',
        parameters: [id, 'ada', seal.seal({ table: 'hints', rowId: id }, Buffer.from(id))],
      },
    ]);
  }
  await store.close();
  return { path, open };
}

/** What a check finds after the file was changed behind the store's back. */
async function foundAfter(t: TestContext, change: string): Promise<string[]> {
  const { path, open } = await filled(t);
  const file = new DatabaseSync(join(path, 'store.sqlite'));
  file.exec(change);
  file.close();
  const store = await open();
  t.after(() => store.close());
  const found: string[] = [];
  const check = await createRowCheck({
    ...store,
    proven: [notes],
    sealed: [hints],
    found: async (place, problem) => void found.push(`${place}: ${problem}`),
  });
  let isDone = false;
  while (!isDone) isDone = await check.step(3);
  return found;
}

test('a store that was left alone has nothing to be found, however small the steps', async (t) => {
  assert.deepEqual(await foundAfter(t, 'select 1'), []);
});

test('a changed column, a changed payload and a lost proof are found by their row', async (t) => {
  assert.deepEqual(await foundAfter(t, "update notes set at = 99 where id = 'n4'"), [
    'notes/n4: the row was altered',
  ]);
  const moved =
    "update hints set payload = (select payload from hints where id = 'n1') where id = 'n2'";
  assert.deepEqual(await foundAfter(t, moved), ['hints/n2: the row was altered']);
  const found = await foundAfter(t, "update notes set proof = null where id = 'n4'");
  assert.deepEqual(found, [
    'notes/n4: the row was altered',
    'notes/n5: 1 rows before it are missing',
  ]);
});

test('a state that there is none of is found by its row, where the states are known', async (t) => {
  const { open } = await filled(t);
  const store = await open();
  t.after(() => store.close());
  const found: string[] = [];
  const check = await createRowCheck({
    ...store,
    proven: [{ ...notes, states: ['open', 'done'] }],
    sealed: [hints],
    found: async (place, problem) => void found.push(`${place}: ${problem}`),
  });
  const add = "alter table notes add column state text default 'done'";
  await store.database.write([
    { sql: add, parameters: [] },
    { sql: "update notes set state = 'dooe' where id = 'n4'", parameters: [] },
  ]);
  while (!(await check.step(100))) assert.ok(found.length < 10);
  assert.deepEqual(found, ['notes/n4: its state is none that there is']);
});

test('rows that were deleted, at the end as well, and rows that changed places are found', async (t) => {
  assert.deepEqual(await foundAfter(t, "delete from notes where id in ('n3', 'n4')"), [
    'notes/n5: 2 rows before it are missing',
  ]);
  assert.deepEqual(await foundAfter(t, "delete from notes where id = 'n9'"), [
    'notes/(end): the last 1 rows are missing',
  ]);
  const swapped = await foundAfter(
    t,
    "update notes set rowid = 100 where id = 'n3'; update notes set rowid = 4 where id = 'n6'",
  );
  assert.ok(swapped.some((line) => line.startsWith('notes/n6')));
  assert.ok(swapped.some((line) => line === 'notes/n3: it is not where it was written'));
});
