import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run, table } from './run.ts';

test('words that make no sense end the command before anything runs', async () => {
  await assert.rejects(run(['--only', 'everything']), /expected simulation/);
});

test('the table at the end has one line for each figure, in columns', () => {
  const lines = table([
    ['kills', 12],
    ['simulated hours', '200'],
  ]);
  assert.deepEqual(lines, ['kills           | 12', 'simulated hours | 200']);
});
