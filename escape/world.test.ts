import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInWorld, isRoot, openWorld } from './world.ts';

test('a process that did not enter the world is told so, and cannot open it', async () => {
  assert.equal(isInWorld(), false);
  assert.equal(isRoot(), process.platform === 'linux' && process.getuid?.() === 0);
  await assert.rejects(openWorld());
});
