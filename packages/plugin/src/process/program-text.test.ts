import assert from 'node:assert/strict';
import { test } from 'node:test';
import { programText } from './program-text.ts';
import type { ProgramResult } from './program.ts';

function textOf(result: Partial<ProgramResult>): string {
  const whole: ProgramResult = { ended: 'exit', exitCode: 0, output: '', cut: false, ...result };
  return programText(whole, { limitMs: 1_500, silent: 'Nothing to see.' });
}

test('an output is a code block, and only an end that is no success is told', () => {
  assert.equal(textOf({ output: 'a\n\n' }), '```\na\n```');
  assert.equal(textOf({ output: 'a', exitCode: 3 }), '```\na\n```\nIt ended with exit code 3.');
  assert.equal(textOf({ output: '\n', exitCode: 3 }), 'It ended with exit code 3.');
  assert.equal(textOf({ output: ' \n' }), 'Nothing to see.');
});

test('what was stopped says so before its output, whatever its exit code', () => {
  const stopped = { exitCode: 143, output: 'a' };
  assert.equal(textOf({ ...stopped, ended: 'time' }), 'Stopped after 1.5 s.\n```\na\n```');
  assert.equal(textOf({ ...stopped, ended: 'cancelled' }), 'Stopped before it ended.\n```\na\n```');
  assert.equal(textOf({ ended: 'cancelled', exitCode: 130 }), 'Stopped before it ended.');
});

test('marks in an output do not end its block', () => {
  assert.equal(textOf({ output: 'x ``` y ```` z' }), '`````\nx ``` y ```` z\n`````');
});
