import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './run.ts';

test('words that make no sense end the command before anything runs', async () => {
  await assert.rejects(run(['--only', 'everything']), /expected simulation/);
});
