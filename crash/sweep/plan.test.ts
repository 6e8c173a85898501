import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random.ts';
import { errorPoints, killPoints, strided, unseen } from './plan.ts';
import type { Observed } from './plan.ts';

const observed: readonly Observed[] = [
  { phase: 'story', thread: 'store-writer', call: 'fsync', count: 3 },
  { phase: 'story', thread: 'main', call: 'write', count: 10 },
  { phase: 'start', thread: 'main', call: 'openat', count: 2 },
];

test('every call of every thread is killed before it and after it', () => {
  const points = killPoints(observed);
  assert.equal(points.length, 2 * (3 + 10 + 2));
  assert.equal(new Set(points.map(({ name }) => name)).size, points.length);
  assert.ok(points.some(({ name }) => name === 'story/store-writer/fsync/3/kill-after'));
});

test('a disk fails where the disk is written, once or from then on', () => {
  const names = errorPoints(observed).map(({ name }) => name);
  assert.deepEqual(
    names.filter((name) => name.includes('/1/')),
    ['ENOSPC', 'EIO', 'ENOSPC+'].map((effect) => `story/store-writer/fsync/1/${effect}`),
  );
});

test('a stride has something of each thread and call', () => {
  const some = strided(killPoints(observed), { most: 6, least: 1 }, createRandom(1));
  const kinds = new Set(some.map(({ thread, fault }) => `${thread} ${fault.call}`));
  assert.equal(kinds.size, 3);
  assert.ok(some.length < 10);
  const more = strided(killPoints(observed), { most: 6, least: 5 }, createRandom(1));
  const counts = [...Map.groupBy(more, ({ fault }) => fault.call).values()];
  assert.deepEqual(
    counts.map(({ length }) => length),
    [5, 5, 4],
  );
});

test('a call that should have been seen and was not is named', () => {
  assert.deepEqual(unseen(observed), ['pwrite64', 'writev', 'rename', 'ftruncate', 'unlink']);
});
