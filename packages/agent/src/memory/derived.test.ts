import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { openStore } from '../store/index.ts';
import { memoryDerived } from './derived.ts';
import { createMemory } from './memory.ts';
import { memoryMigrations } from './tables.ts';

test('an item of which the entry was lost is found again by the one that is made from it', async (t) => {
  const path = mkdtempSync(join(tmpdir(), 'memory-derived-'));
  t.after(() => rmSync(path, { recursive: true }));
  const clock = createFakeClock();
  const store = await openStore({ path, command: 'test', migrations: memoryMigrations, clock });
  t.after(() => store.close());
  const { database, sealing } = store;
  let ids = 0;
  const memory = createMemory({ database, sealing, identifier: () => `item-${++ids}` });
  const item = { text: 'my locker number is 42', source: 's', trust: 'user', at: 1 } as const;
  await memory.remember('anna', item);
  const budget = { itemsMax: 5, charactersMax: 1_000 };
  const search = async (): Promise<number> =>
    (await memory.recall('anna', 'locker', budget)).length;
  assert.equal(await search(), 1);
  await database.write([{ sql: 'delete from memory_index', parameters: [] }]);
  assert.equal(await search(), 0);
  const [derived] = memoryDerived;
  const sql = 'select * from memory_items';
  const [row] = await database.read<Record<string, unknown>>({ sql, parameters: [] });
  assert.ok(derived && row);
  await database.write([derived.make(row, await sealing.person('anna'))]);
  assert.equal(await search(), 1);
});
