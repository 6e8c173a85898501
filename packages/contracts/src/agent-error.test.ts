import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentError, fromErrorData, isAgentError, toErrorData } from './agent-error.ts';
import type { ErrorData } from './agent-error.ts';
import { errorTable } from './errors.ts';

test('an error fills its message from its details and leaves unknown placeholders alone', () => {
  assert.equal(new AgentError('TOOL_UNKNOWN', { tool: 'x' }).message, 'There is no tool "x".');
  assert.equal(new AgentError('TOOL_UNKNOWN').message, 'There is no tool "{tool}".');
});

test('an error is matched by code, also when it comes from another copy of the package', () => {
  const foreign = Object.assign(new Error('x'), {
    code: 'TOOL_UNKNOWN',
    [Symbol.for('opencomputer.AgentError')]: true,
  });
  assert.ok(isAgentError(foreign, 'TOOL_UNKNOWN'));
  assert.ok(!isAgentError(foreign, 'INTERNAL'));
  assert.ok(!isAgentError(new Error('x')));
});

test('plain data of an error survives the round trip', () => {
  const error = new AgentError('MODEL_RATE_LIMITED', { model: 'm', retryAfterSeconds: 7 });
  const data = JSON.parse(JSON.stringify(error.toData())) as ErrorData;
  assert.equal(data.retryAfterSeconds, 7);
  assert.deepEqual(fromErrorData(data).toData(), { ...data });
});

test('an unknown thrown value becomes INTERNAL with its text', () => {
  assert.equal(toErrorData('boom').code, 'INTERNAL');
  assert.match(toErrorData(new Error('boom')).message, /boom/);
});

test('every row of the table is one sentence with a remedy and an HTTP status', () => {
  for (const [code, entry] of Object.entries(errorTable)) {
    assert.match(code, /^[A-Z]+(_[A-Z]+)*$/);
    assert.match(entry.message, /\.$/, code);
    assert.match(entry.remedy, /\.$/, code);
    assert.ok(entry.status >= 400 && entry.status <= 599, code);
  }
});
