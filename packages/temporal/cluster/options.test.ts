import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions } from './options.ts';

test('without options it is the small form', () => {
  const { kills, serverRestarts, keep } = parseOptions([]);
  assert.deepEqual([kills, serverRestarts, keep], [10, 1, false]);
});

test('counts are taken, and nothing else is', () => {
  const options = parseOptions(['--kills', '200', '--server-restarts=5', '--keep']);
  assert.deepEqual([options.kills, options.serverRestarts, options.keep], [200, 5, true]);
  assert.equal(parseOptions(['--seed', '1412379240']).seed, 1_412_379_240);
  assert.throws(() => parseOptions(['--kills', 'many']), /expected a count/);
  assert.throws(() => parseOptions(['--kills', '1412379240']), /expected a count/);
  assert.throws(() => parseOptions(['--kill', '1']), /kill/);
});
