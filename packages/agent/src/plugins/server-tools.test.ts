import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toolDeclaration } from '@opencomputer/contracts';
import type { ListedTool } from './connection.ts';
import { declareServerTools, leftOut } from './server-tools.ts';

const listed = (name: string, rest: Partial<ListedTool> = {}): ListedTool => ({
  name,
  description: 'Does it.',
  inputSchema: { type: 'object' },
  annotations: {},
  ...rest,
});

test('names fit what providers accept, and stay apart', () => {
  const names = ['readFile', 'read-file', 'read.file', 'Ünïcode', '9', 'x'.repeat(100)];
  const tools = declareServerTools(
    'my-server',
    names.map((name) => listed(name)),
  );
  assert.deepEqual(
    tools.map(({ declaration }) => declaration.name),
    [
      'my_server_read_file',
      'my_server_read_file_2',
      'my_server_read_file_3',
      'my_server_n_code',
      'my_server_9',
      `my_server_${'x'.repeat(53)}`,
    ],
  );
  assert.deepEqual(
    tools.map(({ listedName }) => listedName),
    names,
  );
  for (const { declaration } of tools) toolDeclaration.parse(declaration);
});

test('hints of the server choose the effect; without any a tool may write', () => {
  const effects = [{ readOnlyHint: true }, { destructiveHint: true }, {}, { readOnlyHint: 'yes' }];
  const tools = declareServerTools(
    'a',
    effects.map((annotations, at) => listed(`t${at}`, { annotations })),
  );
  assert.deepEqual(
    tools.map(({ declaration }) => declaration.effect),
    ['read', 'irreversible', 'write', 'write'],
  );
  assert.ok(tools.every(({ declaration }) => declaration.reach === 'outside'));
});

test('descriptions are cut, arguments are all sinks, and only allowed tools are offered', () => {
  const inputSchema = { type: 'object', properties: { path: {}, text: {} } };
  const long = listed('one', { description: `a\n  b ${'x'.repeat(400)}`, inputSchema });
  const [tool, ...rest] = declareServerTools('a', [long, listed('two')], ['one']);
  assert.deepEqual(rest, []);
  assert.equal(tool?.declaration.description.length, 300);
  assert.ok(tool.declaration.description.startsWith('a b x'));
  assert.deepEqual(tool.declaration.sinks, ['path', 'text']);
});

test('a tool with a problem is not offered, and is said to be left out where it was allowed', () => {
  const tools = [listed('good'), listed('odd', { problem: 'its schema is too deep' })];
  assert.deepEqual(
    declareServerTools('a', tools).map(({ listedName }) => listedName),
    ['good'],
  );
  assert.deepEqual(leftOut(tools), ['Its tool "odd" is left out: its schema is too deep.']);
  assert.deepEqual(leftOut(tools, ['good']), []);
});
