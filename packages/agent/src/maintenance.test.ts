import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from './clock.ts';
import { kept, repairDatabase } from './maintenance.ts';
import { openStore } from './store/index.ts';

test('a store of all components is sound when it is new, and after a repair', async (t) => {
  const path = mkdtempSync(join(tmpdir(), 'maintenance-'));
  t.after(() => rmSync(path, { recursive: true }));
  const options = { path, command: 'test', clock: systemClock, ...kept };
  await (await openStore(options)).close();
  const { tables } = await repairDatabase(path);
  const names = tables.map(({ table }) => table);
  for (const name of ['inbox', 'outbox', 'events', 'timers', 'memory_items', 'memory_index']) {
    assert.ok(names.includes(name), name);
  }
  assert.ok(tables.every(({ lost }) => lost === 0));
  const store = await openStore(options);
  t.after(() => store.close());
  assert.deepEqual((await store.check()).problems, []);
});
