import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownError } from '../failure.ts';
import { readTyped, slashCommands } from './slash.ts';

test('a slash command is read with its argument', () => {
  const typed = readTyped(' /model  gpt-x ');
  assert.equal(typed.type, 'slash');
  assert.equal(typed.type === 'slash' && typed.command.name, 'model');
  assert.equal(typed.type === 'slash' && typed.argument, 'gpt-x');
});

test('a leading exclamation mark is a shell command', () => {
  assert.deepEqual(readTyped('!ls -l'), { type: 'shell', text: '!ls -l', command: 'ls -l' });
  assert.equal(readTyped('!').type, 'message');
});

test('a path and everything else is a message', () => {
  for (const text of ['/etc/hosts is empty?', 'hello', '/', '3 / 4']) {
    assert.deepEqual(readTyped(text), { type: 'message', text });
  }
});

test('a mistyped command is not sent but suggested', () => {
  assert.throws(
    () => readTyped('/hlep'),
    (error) => {
      assert.equal(shownError(error).remedy, 'Did you mean /help? /help lists them.');
      return true;
    },
  );
});

test('each command is described', () => {
  for (const { name, description } of slashCommands) assert.ok(description.length > 3, name);
});
