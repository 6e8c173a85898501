import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publishCommands } from './publish-definition.ts';

test('no command takes a password or a key as an argument', () => {
  for (const { name, options = [] } of publishCommands) {
    for (const [flags] of options) assert.doesNotMatch(flags, /password|token|secret/, name);
  }
  assert.equal(publishCommands.length, 5);
});
