import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentError, errorTable } from '@opencomputer/contracts';
import type { ErrorCode } from '@opencomputer/contracts';
import { debugLines, exitCodeOf, exitCodes, failureLine, shownError } from './failure.ts';

test('an error is one line: what happened, what to do, the code', () => {
  const error = new AgentError('PORT_TAKEN', { port: 8080 });
  assert.equal(
    failureLine(shownError(error)),
    'agent: Port 8080 is in use. Choose another with --port. [PORT_TAKEN]',
  );
});

test('a remedy that knows the case replaces the general one', () => {
  const error = new AgentError('COMMAND_UNKNOWN', { command: 'x', remedy: 'Try y.' });
  assert.equal(
    failureLine(shownError(error)),
    'agent: Unknown command "x". Try y. [COMMAND_UNKNOWN]',
  );
});

test('any other thrown value is an internal error in one line, without its stack', () => {
  const line = failureLine(shownError(new TypeError('x is\nnot a\u001b[31m function')));
  assert.match(line, /^agent: .*x is not a function.* \[INTERNAL\]$/);
  assert.doesNotMatch(line, /\n| at /);
});

test('each group of codes has its exit code', () => {
  const expected: Partial<Record<ErrorCode, number>> = {
    COMMAND_UNKNOWN: 2,
    INPUT_TOO_LARGE: 2,
    CONFIG_INVALID: 2,
    POLICY_DENIED: 3,
    TERMINAL_MISSING: 3,
    MODEL_MISSING: 4,
    STORE_LOCKED: 5,
    SEAL_BROKEN: 5,
    MIGRATION_FAILED: 5,
    TURN_CANCELLED: 130,
    MODEL_TIMEOUT: 1,
    INTERNAL: 1,
  };
  for (const [code, exitCode] of Object.entries(expected)) {
    assert.equal(exitCodeOf(code as ErrorCode), exitCode, code);
  }
});

test('no code of the table ends as success', () => {
  for (const code of Object.keys(errorTable)) {
    assert.notEqual(exitCodeOf(code as ErrorCode), exitCodes.ok, code);
  }
});

test('the debug lines hold the causes', () => {
  const error = new Error('outer', { cause: new Error('inner') });
  assert.match(debugLines(error), /outer[\s\S]*caused by: [\s\S]*inner/);
});
