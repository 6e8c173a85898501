import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { openStore } from '../store/index.ts';
import { silenceDue } from './restored.ts';
import { workflowMigrations as migrations } from './tables.ts';
import { createTimers } from './timers.ts';
import type { DueTimer } from './timers.ts';

test('what fell due before a restore is missed and its plugin told; what is due later is spoken', async (t) => {
  const path = mkdtempSync(join(tmpdir(), 'restored-'));
  t.after(() => rmSync(path, { recursive: true }));
  const clock = createFakeClock();
  const store = await openStore({ path, command: 'test', migrations, clock });
  t.after(() => store.close());
  const { database, sealing } = store;
  const fired: Pick<DueTimer, 'id' | 'text'>[] = [];
  const timers = createTimers({
    database,
    sealing,
    clock,
    fire: async ({ id, text }) => {
      fired.push({ id, text });
      return { statements: [], changes: [] };
    },
    fired: () => undefined,
    report: assert.ifError,
  });
  const owner = { person: 'ada', plugin: 'tasks', conversation: 'one' };
  const now = clock.now();
  const changes = [
    { id: 'past', at: now - 1, text: 'call mother' },
    { id: 'future', at: now + 60_000, text: 'buy milk' },
  ];
  await database.write(await timers.keep(owner, changes));
  assert.deepEqual(await silenceDue(database, sealing, now), [
    { kind: 'reminder', at: now - 1, text: 'call mother' },
  ]);
  assert.deepEqual(await silenceDue(database, sealing, now), []);
  await timers.start();
  t.after(() => timers.stop());
  assert.deepEqual(fired, [{ id: 'past', text: '' }]);
});
