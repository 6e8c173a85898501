import assert from 'node:assert/strict';
import { test } from 'node:test';
import { once, perLatest } from './once.ts';

test('the work is done once for everybody who asks, at once or later', async () => {
  let runs = 0;
  const get = once(async () => (runs += 1));
  assert.deepEqual(await Promise.all([get(), get()]), [1, 1]);
  assert.equal(await get(), 1);
});

test('a failure is not remembered: all who waited for it hear of it, the next one tries again', async () => {
  let runs = 0;
  const get = once(async () => {
    runs += 1;
    if (runs === 1) throw new Error('planned');
    return runs;
  });
  const both = await Promise.allSettled([get(), get()]);
  assert.deepEqual(
    both.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.equal(await get(), 2);
  assert.equal(await get(), 2);
});

test('a failure that is heard late does not throw away the work of the one after it', async () => {
  const runs: PromiseWithResolvers<number>[] = [];
  const get = once(() => {
    const next = Promise.withResolvers<number>();
    runs.push(next);
    return next.promise;
  });
  const first = get();
  runs[0]?.reject(new Error('planned'));
  await assert.rejects(first);
  const second = get();
  const third = get();
  runs[1]?.resolve(2);
  assert.deepEqual(await Promise.all([second, third, get()]), [2, 2, 2]);
  assert.equal(runs.length, 2);
});

test('a value is made again only for another source', () => {
  let made = 0;
  const sizeOf = perLatest((source: readonly string[]) => {
    made += 1;
    return source.length;
  });
  const [first, second] = [['a'], ['b', 'c']];
  assert.deepEqual([sizeOf(first), sizeOf(first), sizeOf(second), sizeOf(first)], [1, 1, 2, 1]);
  assert.equal(made, 3);
});
