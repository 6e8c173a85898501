import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random.ts';
import { openStage } from '../story/home.ts';
import { killAnytime } from './cycle.ts';

test('killed in the middle and again while it recovers, the built program comes to its end', async (context) => {
  const stage = await openStage();
  context.after(() => stage.close());
  const { account, kills, readyMs } = await killAnytime(stage, 5, {
    random: createRandom(2),
    deep: 1,
  });
  assert.deepEqual(account.violations, []);
  assert.equal(account.accepted, 3);
  assert.equal(kills, 2);
  assert.ok(readyMs.length > 0);
});
