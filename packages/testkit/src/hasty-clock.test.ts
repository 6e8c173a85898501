import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHastyClock } from './hasty-clock.ts';

test('an hour passes in forty milliseconds, and both clocks say so', async () => {
  const clock = createHastyClock(100_000, 0);
  const before = clock.monotonic();
  await new Promise<void>((resolve) => clock.after(3_600_000, resolve));
  assert.ok(clock.monotonic() - before >= 3_000_000);
  assert.ok(clock.now() >= 3_000_000);
  assert.deepEqual(clock.delays, [3_600_000]);
});

test('a cancelled timer does not fire', async () => {
  const clock = createHastyClock();
  let fired = false;
  clock.after(1_000, () => (fired = true))();
  await new Promise<void>((resolve) => clock.after(5_000, resolve));
  assert.equal(fired, false);
});
