import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from './random.ts';

test('the same seed gives the same numbers, another one others', () => {
  const draw = (seed: number): number[] => {
    const random = createRandom(seed);
    return Array.from({ length: 20 }, () => random.whole(1_000_000));
  };
  assert.deepEqual(draw(5), draw(5));
  assert.notDeepEqual(draw(5), draw(6));
});

test('numbers are spread over the whole range', () => {
  const random = createRandom(1);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let index = 0; index < 10_000; index += 1) {
    const place = random.whole(10);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  for (const count of counts) assert.ok(count > 850 && count < 1_150, String(counts));
});

test('shuffling loses nothing and doubles nothing', () => {
  const items = Array.from({ length: 50 }, (_, index) => index);
  const shuffled = createRandom(3).shuffled(items);
  assert.notDeepEqual(shuffled, items);
  assert.deepEqual(
    shuffled.toSorted((one, other) => one - other),
    items,
  );
});
