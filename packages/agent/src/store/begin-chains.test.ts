import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Migration } from '@opencomputer/contracts/internal';
import { fixedClock } from './fixtures/fixed-clock.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { openStore } from './store.ts';
import type { Store } from './store.ts';

const old: Migration = {
  component: 'notes',
  version: 1,
  up: () => [{ sql: 'create table notes (id text primary key, payload blob)', parameters: [] }],
};
const proofs: Migration = {
  component: 'notes',
  version: 2,
  up: () => [{ sql: 'alter table notes add column proof blob', parameters: [] }],
};
const proven = [{ table: 'notes', columns: ['id'] }];

function open(t: TestContext, path: string, migrations: Migration[]): Promise<Store> {
  const tables = migrations.includes(proofs) ? proven : [];
  return openStore({ path, command: 'test', migrations, proven: tables, clock: fixedClock });
}

async function rows({ database }: Store): Promise<readonly Record<string, unknown>[]> {
  return database.read({ sql: 'select * from notes order by id', parameters: [] });
}

test('rows from before there were proofs get theirs once, at the first start that knows them', async (t) => {
  const path = temporaryFolder(t);
  const before = await open(t, path, [old]);
  const insert = (id: string) => ({
    sql: 'insert into notes (id, payload) values (?, ?)',
    parameters: [id, Buffer.from(id)],
  });
  await before.database.write([insert('a'), insert('b')]);
  await before.close();

  const after = await open(t, path, [old, proofs]);
  const [table] = proven;
  assert.ok(table);
  for (const row of await rows(after)) after.sealing.rows(table).check(row);
  const chained = await after.database.read({
    sql: "select position from chain_heads where name = 'notes'",
    parameters: [],
  });
  assert.deepEqual(chained, [{ position: 2 }]);
  await after.database.write([insert('planted')]);
  await after.close();

  const again = await open(t, path, [old, proofs]);
  t.after(() => again.close());
  const planted = (await rows(again)).find(({ id }) => id === 'planted');
  assert.ok(planted);
  assert.throws(() => again.sealing.rows(table).check(planted), { code: 'SEAL_BROKEN' });
});
