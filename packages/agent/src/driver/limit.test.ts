import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLimit } from './limit.ts';

test('no more than the bound run at once, in the order in which they came', async () => {
  const limit = createLimit(2);
  const begun: number[] = [];
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const all = gates.map(({ promise }, index) =>
    limit(async () => {
      begun.push(index);
      await promise;
    }),
  );
  await Promise.resolve();
  assert.deepEqual(begun, [0, 1]);
  for (const [index, gate] of gates.entries()) {
    gate.resolve();
    await all[index];
    assert.ok(begun.length <= index + 3);
  }
  assert.deepEqual(begun, [0, 1, 2, 3, 4]);
});

test('one that fails gives its place back', async () => {
  const limit = createLimit(1);
  await assert.rejects(
    limit(() => Promise.reject(new Error('planned'))),
    /planned/,
  );
  assert.equal(await limit(async () => 'next'), 'next');
});
