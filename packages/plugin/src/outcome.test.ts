import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ToolOutcome } from '@opencomputer/contracts';
import { readOutcome, toResult } from './outcome.ts';

test('what is not an outcome becomes a failure that says so', () => {
  const values = [undefined, null, 'done', {}, { status: 'done' }, { status: 'ok', text: 'x' }];
  for (const value of values) assert.equal(readOutcome(value).status, 'failed');
  const unnamed = readOutcome({ status: 'failed', text: 'x' });
  assert.deepEqual(unnamed, { status: 'failed', text: 'x', code: 'TOOL_FAILED' });
});

test('an outcome is read as it is, and nothing beside it', () => {
  const outcomes: ToolOutcome[] = [
    { status: 'done', text: 'x', data: null, timers: [{ id: 'a', at: 1 }] },
    { status: 'refused', text: 'no' },
    { status: 'unknown', text: 'perhaps' },
    { status: 'failed', text: 'broken', code: 'X' },
  ];
  for (const outcome of outcomes) {
    assert.deepEqual(readOutcome({ ...outcome, extra: true }), outcome);
  }
});

test('a result is readable by any client and complete for ours', () => {
  assert.deepEqual(toResult({ status: 'done', text: 'x', data: { a: 1 }, timers: [{ id: 't' }] }), {
    content: [{ type: 'text', text: 'x' }],
    structuredContent: { a: 1 },
    _meta: { 'opencomputer/outcome': { status: 'done', timers: [{ id: 't' }] } },
  });
  assert.deepEqual(toResult({ status: 'done', text: 'x', data: [1] })['_meta'], {
    'opencomputer/outcome': { status: 'done' },
    'opencomputer/data': [1],
  });
  assert.deepEqual(toResult({ status: 'failed', text: 'x', code: 'C' }), {
    content: [{ type: 'text', text: 'x' }],
    isError: true,
    _meta: { 'opencomputer/outcome': { status: 'failed', code: 'C' } },
  });
});
