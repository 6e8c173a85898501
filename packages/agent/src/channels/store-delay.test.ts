import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storeDelayMs } from './store-delay.ts';

test('waits double from five seconds to a minute, however long the store fails', () => {
  const waits = [1, 2, 3, 4, 5, 6, 10_000].map(storeDelayMs);
  assert.deepEqual(waits, [5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
});
