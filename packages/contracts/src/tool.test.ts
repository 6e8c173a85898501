import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toolName } from './tool.ts';

test('tool names are what every provider accepts as a function name', () => {
  for (const name of ['a', 'files_read', 'x'.repeat(63)])
    assert.ok(toolName.safeParse(name).success);
  for (const name of ['', '1a', 'a-b', 'a.b', 'x'.repeat(64), 'A']) {
    assert.ok(!toolName.safeParse(name).success, name);
  }
});
