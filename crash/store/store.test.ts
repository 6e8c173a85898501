import assert from 'node:assert/strict';
import { test } from 'node:test';
import { damage } from './store.ts';

test('no value that was altered on the disk is served', async () => {
  const amount = { turns: 10, frames: 3, bytes: 2, flips: 24 };
  const whole = await damage(4, amount);
  assert.deepEqual(whole.violations, []);
  assert.equal(whole.cuts, 5);
  const sum = Object.values(whole.flips).reduce((total, count) => total + count, 0);
  assert.equal(sum, 24);
});
