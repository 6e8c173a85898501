import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toolDeclaration } from '@opencomputer/contracts';
import { readCallLine } from './call-line.ts';

const tool = toolDeclaration.parse({
  name: 'calendar_greet',
  description: 'Greet.',
  effect: 'read',
  input: {},
});
const read = (line: string) => readCallLine(line, [tool]);

test('a tool with its arguments is a call, which may have none', () => {
  const call = { type: 'call', tool, input: { name: 'Ada' } };
  assert.deepEqual(read(' calendar_greet {"name": "Ada"} '), call);
  assert.deepEqual(read('calendar_greet{"name":1}').type, 'wrong');
  assert.deepEqual(read('calendar_greet'), { type: 'call', tool, input: {} });
});

test('arguments that are no object are told', () => {
  for (const text of ['[]', 'null', '"x"', '{', 'Ada']) {
    assert.equal(read(`calendar_greet ${text}`).type, 'wrong', text);
  }
});

test('a name without its beginning or with a slip has the tool that was meant', () => {
  for (const name of ['greet', 'calendar_gret']) {
    const line = read(name);
    assert.ok(line.type === 'wrong' && line.problem.includes('Did you mean calendar_greet?'));
  }
  const line = read('weather');
  assert.ok(line.type === 'wrong' && line.problem.includes('`tools` lists them.'));
});

test('words to the command, comments and empty lines are no calls', () => {
  const types = ['', '  ', '# later', 'tools', 'help', 'log'].map((line) => read(line).type);
  assert.deepEqual(types, ['nothing', 'nothing', 'nothing', 'tools', 'tools', 'log']);
});
