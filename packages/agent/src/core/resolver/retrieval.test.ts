import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstalledTool } from '@opencomputer/contracts/internal';
import { indexTools, searchTools, wordsOf } from './retrieval.ts';

function tool(
  name: string,
  description: string,
  parameters: readonly string[] = [],
): InstalledTool {
  return {
    plugin: name.split('_')[0] ?? name,
    tier: 'official',
    declaration: {
      name,
      description,
      input: {
        type: 'object',
        properties: Object.fromEntries(parameters.map((one) => [one, { type: 'string' }])),
      },
      effect: 'read',
      reach: 'own',
      sinks: [],
      idempotent: false,
      timeoutMs: 1_000,
      always: false,
    },
  };
}

const index = indexTools([
  tool('files_read', 'Read a text file.', ['path']),
  tool('files_find', 'Find files by name or content.', ['query']),
  tool('web_fetch', 'Fetch a web page as readable text.', ['url']),
  tool('calendar_free', 'Find free time in the calendar.', ['from', 'to']),
]);

const names = (query: string): readonly string[] =>
  searchTools(index, query, 2).map((one) => one.tool.declaration.name);

test('the tool whose words are rare in the others comes first', () => {
  assert.equal(names('fetch a page from the web')[0], 'web_fetch');
  assert.equal(names('when am I free')[0], 'calendar_free');
  assert.equal(names('reading files')[0], 'files_read');
});

test('a query without a known word finds nothing, and the limit is kept', () => {
  assert.deepEqual(searchTools(index, 'zzz qqq', 5), []);
  assert.equal(searchTools(index, 'find read fetch file time', 2).length, 2);
  assert.deepEqual(searchTools(indexTools([]), 'file', 2), []);
});

test('the words of a text leave out the commonest and cut endings', () => {
  assert.deepEqual(wordsOf('Show me the files I listed'), ['file', 'list']);
});
