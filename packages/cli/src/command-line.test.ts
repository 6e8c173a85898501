import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalise } from './command-line.ts';
import { shownError } from './failure.ts';

const commands = ['chat', 'run', 'sessions', 'config'];
const id = '01990000-0000-7000-8000-000000000001';

test('a known command is that command, wherever its options stand', () => {
  assert.deepEqual(normalise(['sessions'], commands), ['sessions']);
  assert.deepEqual(normalise(['--debug', 'sessions'], commands), ['sessions', '--debug']);
  assert.deepEqual(normalise(['config', 'set', 'fastPath', 'off'], commands), [
    'config',
    'set',
    'fastPath',
    'off',
  ]);
});

test('one argument with a space or a question mark is a question', () => {
  assert.deepEqual(normalise(['what is new'], commands), ['run', 'what is new']);
  assert.deepEqual(normalise(['why?'], commands), ['run', 'why?']);
  assert.deepEqual(normalise(['hello!'], commands), ['run', 'hello!']);
  assert.deepEqual(normalise(['何ですか？'], commands), ['run', '何ですか？']);
  assert.deepEqual(normalise(['a b', '--model-only'], commands), ['run', 'a b', '--model-only']);
});

test('a single word that is near to no command is a question', () => {
  assert.deepEqual(normalise(['hi'], commands), ['run', 'hi']);
  assert.deepEqual(normalise(['12*7'], commands), ['run', '12*7']);
});

test('everything after two dashes is a question, even the name of a command', () => {
  assert.deepEqual(normalise(['--', 'sessions'], commands), ['run', '--', 'sessions']);
});

test('no argument is the chat', () => {
  assert.deepEqual(normalise([], commands), ['chat']);
  assert.deepEqual(normalise(['--debug'], commands), ['chat', '--debug']);
  assert.deepEqual(normalise(['--help'], commands), ['--help']);
});

test('resuming takes an id when there is one and the last conversation otherwise', () => {
  assert.deepEqual(normalise(['--resume'], commands), ['chat', '--resume=last']);
  assert.deepEqual(normalise(['--resume', id], commands), ['chat', `--resume=${id}`]);
  assert.deepEqual(normalise(['--resume', 'and then?'], commands), [
    'run',
    '--resume=last',
    'and then?',
  ]);
  assert.deepEqual(normalise(['run', '--resume', id, 'go'], commands), [
    'run',
    `--resume=${id}`,
    'go',
  ]);
});

test('a single word near to a command names it and how to ask it as a question', () => {
  assert.throws(
    () => normalise(['sesions'], commands),
    (error) => {
      const { code, message, remedy } = shownError(error);
      assert.equal(code, 'COMMAND_UNKNOWN');
      assert.equal(message, 'Unknown command "sesions".');
      assert.equal(
        remedy,
        'Did you mean `agent sessions`? To ask it as a question: `agent run sesions`.',
      );
      return true;
    },
  );
});

test('the value of an option is no part of the message, on either side of it', () => {
  const trusted = ['--trust', 'everything', 'what can you do?'];
  assert.deepEqual(normalise(trusted, commands), ['run', ...trusted]);
  const behind = ['what can you do?', '--trust', 'everything', '--trust', 'more'];
  assert.deepEqual(normalise(behind, commands), ['run', ...behind]);
  assert.deepEqual(normalise(['hi', '--conversation', id], commands), [
    'run',
    'hi',
    '--conversation',
    id,
  ]);
});

test('several bare words are not sent; the sentence shows how to quote them', () => {
  assert.throws(
    () => normalise(['what', 'is', 'new'], commands),
    (error) => {
      assert.equal(shownError(error).remedy, 'To ask it as a question: `agent "what is new"`.');
      return true;
    },
  );
});
