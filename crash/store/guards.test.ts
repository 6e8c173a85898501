import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkGuards } from './guards.ts';

test('a folder has one owner, and a place in a record is written once', async () => {
  assert.deepEqual(await checkGuards(), []);
});
