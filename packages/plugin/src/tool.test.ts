import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tool } from './tool.ts';

test('a tool is its name and its handler; a declaration is kept when there is one', () => {
  const handler = () => Promise.resolve({ status: 'done', text: 'ok' } as const);
  assert.deepEqual(tool('notes_add', handler), { name: 'notes_add', handler });
  const outline = { name: 'echo', description: 'Says it again.', input: { type: 'object' } };
  assert.deepEqual(tool(outline, handler), { name: 'echo', outline, handler });
});
