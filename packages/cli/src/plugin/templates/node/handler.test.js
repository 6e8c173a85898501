// Tests of the tools: node --test.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tools } from './handler.js';
import { runHandler } from './opencomputer-plugin/index.ts';

const greet = (name) => runHandler(tools, { tool: 'sample_plugin_greet', input: { name } });

test('a person is greeted by name', async () => {
  const outcome = await greet(' Ada ');
  assert.deepEqual(outcome, { status: 'done', text: 'Hello, Ada!', data: { name: 'Ada' } });
});

test('what has no letter is no name', async () => {
  assert.equal((await greet('!')).status, 'refused');
});
