import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lifecycleCommands } from './lifecycle-definition.ts';

test('a secret is no operand and no option of any command', () => {
  const secret = lifecycleCommands.find(({ name }) => name === 'secret');
  const set = secret?.subcommands?.find(({ name }) => name === 'set');
  assert.deepEqual(
    set?.operands?.map(([flags]) => flags),
    ['<plugin>', '<name>'],
  );
  assert.equal(set?.options, undefined);
});

test('each command says what it does in one line', () => {
  for (const { name, description } of lifecycleCommands) {
    assert.match(description, /^[A-Z][^\n]{10,90}$/, name);
  }
});
