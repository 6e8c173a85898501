import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partNames, readOptions } from './options.ts';

test('without words it is the quick form of everything, by the seed that was drawn', () => {
  assert.deepEqual(readOptions([], 7), {
    form: 'quick',
    shard: { part: 1, of: 1 },
    seed: 7,
    parts: partNames,
    minutesMax: 2.5,
  });
});

test('a single point of the sweep runs nothing else', () => {
  const { parts, point } = readOptions(['--point', 'story/main/write/1/kill-before'], 7);
  assert.deepEqual(parts, ['sweep']);
  assert.equal(point, 'story/main/write/1/kill-before');
});

test('words that make no sense are refused with what was expected', () => {
  const cases = [
    [['--shard', '3/2'], /expected i\/n/],
    [['--shard', '0/2'], /expected i\/n/],
    [['--seed', 'x'], /expected a number/],
    [['--only', 'everything'], /expected simulation, twins, store, sweep/],
    [['--faster'], /faster/],
  ] as const;
  for (const [words, expected] of cases) assert.throws(() => readOptions(words, 1), expected);
});
