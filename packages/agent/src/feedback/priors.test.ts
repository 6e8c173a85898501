import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStore } from '../store/index.ts';
import { createPriors, feedbackMigrations } from './priors.ts';

const clock = { now: () => 1_000, monotonic: () => 0, after: () => () => undefined };

test('good uses of a plugin raise its share for that person and intent only', async (context) => {
  const path = await mkdtemp(join(tmpdir(), 'priors-'));
  const store = await openStore({ path, command: 'test', migrations: feedbackMigrations, clock });
  context.after(async () => {
    await store.close();
    await rm(path, { recursive: true });
  });
  const priors = createPriors(store.database);
  const use = { person: 'ann', intent: 'calendar.create', plugin: 'work', failed: false };
  assert.deepEqual(await priors.of('ann', 'calendar.create'), {});
  await store.database.write([priors.count(use)]);
  assert.equal((await priors.of('ann', 'calendar.create'))['work'], 3 / 5);
  await store.database.write([
    priors.count(use),
    priors.count({ ...use, plugin: 'home', failed: true }),
  ]);
  const both = await priors.of('ann', 'calendar.create');
  assert.equal(both['work'], 4 / 7);
  assert.equal(both['home'], 2 / 7);
  assert.deepEqual(await priors.of('bob', 'calendar.create'), {});
  assert.deepEqual(await priors.of('ann', 'calendar.list'), {});
});
