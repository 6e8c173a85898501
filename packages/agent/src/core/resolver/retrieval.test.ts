import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstalledTool } from '@opencomputer/contracts/internal';
import { toolFor } from './fixtures/tool.ts';
import { indexTools, searchTools } from './retrieval.ts';

function tool(
  name: string,
  description: string,
  parameters: readonly string[] = [],
): InstalledTool {
  const properties = Object.fromEntries(parameters.map((one) => [one, { type: 'string' }]));
  const input = { type: 'object', properties };
  return toolFor(name.split('_')[0] ?? name, { name, description, input });
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

test('a tool is found by what is meant and by its name, not only by its words', () => {
  const others = indexTools([
    tool('image_remove', 'Removes a picture.', ['name']),
    tool('triangle_area', 'The area of a triangle.', ['base', 'height']),
    tool('notes', 'Keeps notes, also on a triangle, on images and on areas.', ['text']),
  ]);
  const first = (query: string): string | undefined =>
    searchTools(others, query, 1)[0]?.tool.declaration.name;
  assert.equal(first('delete the photo of the beach'), 'image_remove');
  assert.equal(first('area of the triangle with base 6 and height 10'), 'triangle_area');
});

test('a value alone finds nothing, and a very long request is read in part', () => {
  assert.deepEqual(
    searchTools(indexTools([tool('agenda', 'Plans.', ['date'])]), '2024-05-01', 3),
    [],
  );
  assert.equal(searchTools(index, `read a file ${'zzz '.repeat(100_000)}`, 1).length, 1);
});
