import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { createTurnClock } from './turn-clock.ts';

test('a turn’s time goes on evenly whatever the machine’s clock is set to', () => {
  const clock = createFakeClock();
  const began = clock.now();
  const now = createTurnClock(clock);
  clock.forward(1_500);
  assert.equal(now(), began + 1_500);
  clock.set(began + 10 * 365 * 86_400_000);
  clock.forward(500);
  assert.equal(now(), began + 2_000);
  clock.set(0);
  assert.equal(now(), began + 2_000);
});
