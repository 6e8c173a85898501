import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { migrate } from './migrations.ts';
import { createPersonKeys } from './person-keys.ts';
import { storeMigrations } from './store-tables.ts';
import { fileRootKey } from './root-key.ts';
import { openSqlite } from './sqlite-database.ts';

async function start(t: TestContext) {
  const folder = temporaryFolder(t);
  const database = await openSqlite({ path: join(folder, 'store.sqlite') });
  t.after(() => database.close());
  let time = 1;
  await migrate(database, { migrations: storeMigrations, now: () => 1, directory: folder });
  const rootKey = fileRootKey(join(folder, 'root.key'));
  await rootKey.prepare(true);
  const keys = createPersonKeys({ database, rootKey, now: () => time++ });
  return { database, keys };
}

test('a key is random, made once, and 32 bytes long', async (t) => {
  const { keys } = await start(t);
  assert.equal(await keys.find('ann'), 'absent');
  const made = await Promise.all([keys.findOrCreate('ann'), keys.findOrCreate('ann')]);
  assert.equal(made[0].length, 32);
  assert.deepEqual(made[0], made[1]);
  assert.deepEqual(await keys.find('ann'), made[0]);
  assert.notDeepEqual(await keys.findOrCreate('bob'), made[0]);
});

test('an erased person stays erased, whether or not there was a key', async (t) => {
  const { keys } = await start(t);
  await keys.findOrCreate('ann');
  for (const person of ['ann', 'ghost']) {
    await keys.erase(person);
    await keys.erase(person);
    assert.equal(await keys.find(person), 'erased');
    await assert.rejects(keys.findOrCreate(person), { code: 'PERSON_ERASED' });
  }
});

test('the time of erasing is that of the first time', async (t) => {
  const { database, keys } = await start(t);
  await keys.erase('ann');
  await keys.erase('ann');
  const sql = 'SELECT person_id, erased_at FROM person_keys';
  const rows = await database.read({ sql, parameters: [] });
  assert.deepStrictEqual(rows, [{ person_id: 'ann', erased_at: 1 }]);
});
