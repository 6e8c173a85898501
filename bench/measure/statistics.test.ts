import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, percentile } from './statistics.ts';

test('percentiles are values of the list, by nearest rank, whatever its order', () => {
  const values = [30, 10, 50, 20, 40];
  assert.equal(median(values), 30);
  assert.equal(percentile(values, 0.95), 50);
  assert.equal(percentile(values, 0), 10);
  assert.equal(percentile([7], 0.5), 7);
  assert.deepEqual(values, [30, 10, 50, 20, 40]);
});

test('nothing has no percentile', () => {
  assert.throws(() => median([]), RangeError);
});
