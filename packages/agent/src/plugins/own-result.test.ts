import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ToolOutcome } from '@opencomputer/contracts';
import { readResult } from './outcome.ts';
import { ownResult } from './own-result.ts';

test('every outcome is read back as it was', () => {
  const timers = [{ id: 't', at: 5, text: 'Tea' }, { id: 'gone' }];
  const outcomes: readonly ToolOutcome[] = [
    { status: 'done', text: 'yes' },
    { status: 'done', text: 'yes', data: { a: 1 }, timers },
    { status: 'done', text: 'yes', data: [1, null] },
    { status: 'refused', text: 'no' },
    { status: 'failed', text: 'broken', code: 'TOOL_FAILED' },
    { status: 'unknown', text: 'who knows' },
  ];
  for (const outcome of outcomes) {
    const read = readResult(ownResult(outcome), { tool: 't', own: true, bytesMax: 1_000 });
    assert.deepEqual(read, outcome);
  }
});
