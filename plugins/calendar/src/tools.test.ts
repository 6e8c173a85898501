import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runHandler } from '@opencomputer/plugin';
import { tools } from './tools.ts';

const start = '2026-01-06T10:00';

test('every tool ends with an outcome when the calendar is empty', async () => {
  const inputs: Readonly<Record<string, readonly [Record<string, string>, string]>> = {
    calendar_create: [{ title: 'Dentist', start }, 'done'],
    calendar_move: [{ query: 'dentist', start }, 'refused'],
    calendar_list: [{}, 'done'],
    calendar_free: [{}, 'done'],
    calendar_remove: [{ query: 'dentist' }, 'refused'],
    calendar_export: [{}, 'refused'],
  };
  assert.deepEqual(tools.map((tool) => tool.name).toSorted(), Object.keys(inputs).toSorted());
  for (const [tool, [input, status]] of Object.entries(inputs)) {
    assert.equal((await runHandler(tools, { tool, input })).status, status, tool);
  }
});
