import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions } from './options.ts';

test('without words everything runs, in the sandbox that the machine has', () => {
  const { only, sandbox, seed, isQuick, isJson } = readOptions([], 7);
  assert.deepEqual([only, sandbox, seed, isQuick, isJson], [[], undefined, 7, false, false]);
});

test('programs, sandbox and seed can be named', () => {
  const words = ['--only', 'ptrace', '--only', 'signals', '--sandbox', 'process', '--seed', '3'];
  const options = readOptions(words, 7);
  assert.deepEqual(options.only, ['ptrace', 'signals']);
  assert.equal(options.sandbox, 'process');
  assert.equal(options.seed, 3);
});

test('what makes no sense is refused with what was expected', () => {
  assert.throws(() => readOptions(['--sandbox', 'box'], 7), /expected bubblewrap/);
  assert.throws(() => readOptions(['--seed', 'x'], 7), /expected a number/);
  assert.throws(() => readOptions(['--fast'], 7), /fast/);
});
