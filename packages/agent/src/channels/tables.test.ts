import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFakeChannel, createFakeClock, migrationConformance } from '@opencomputer/testkit';
import { openStore } from '../store/index.ts';
import { createDelivery } from './delivery.ts';
import { watchPlans } from './fixtures/query-plans.ts';
import { createInbox } from './inbox.ts';
import { createOutbox } from './outbox.ts';
import { channelMigrations } from './tables.ts';

for (const { name, run } of migrationConformance(channelMigrations, ['inbox', 'outbox']))
  test(name, run);

test('what every turn asks is found by an index, however much was answered before', async (t) => {
  const path = mkdtempSync(join(tmpdir(), 'plans-'));
  const clock = createFakeClock();
  const migrations = channelMigrations;
  const { close, database, sealing } = await openStore({
    path,
    command: 'test',
    migrations,
    clock,
  });
  t.after(async () => {
    await close();
    rmSync(path, { recursive: true });
  });
  const { watched, plans } = watchPlans(database);
  const inbox = createInbox(watched, sealing);
  await inbox.next('c1');
  await inbox.open();
  await inbox.parked('ann');
  const outbox = createOutbox(watched, sealing);
  await outbox.waiting('ann');
  const delivery = createDelivery([createFakeChannel()], {
    database: watched,
    sealing,
    clock,
    random: Math.random,
    event: () => Promise.reject(new Error('nothing is delivered here')),
    reasons: () => Promise.resolve(new Map()),
    report: (error) => assert.fail(String(error)),
  });
  await delivery.start(() => Promise.resolve());
  await delivery.stop();
  const found = await plans();
  assert.ok(found.length >= 5, found.join('\n'));
  for (const plan of found) {
    assert.match(plan, /USING (?:COVERING )?INDEX (?:inbox|outbox)_\w+/);
  }
});
