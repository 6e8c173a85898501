import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulate } from './simulate.ts';

test('in days of crashes, a full disk and a failing world nothing is lost and nothing happens twice', async (context) => {
  const result = await simulate(20_260_101, 200);
  const { violations, hours, turns, crashes, episodes, parked, unknown } = result;
  context.diagnostic(`${Math.round(hours)} hours, ${turns} messages, ${crashes} crashes`);
  assert.deepEqual(violations, []);
  assert.ok(hours >= 200 && crashes > episodes, 'there were crashes');
  assert.ok(parked > 0 && unknown > 0, 'messages were set aside, and outcomes unknown');
});
