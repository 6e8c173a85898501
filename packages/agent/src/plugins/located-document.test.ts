import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { AgentError } from '@opencomputer/contracts';
import { checkDocument, parseJson, parseYaml } from './located-document.ts';

function problemOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof AgentError);
    assert.equal(error.code, 'PLUGIN_MANIFEST');
    return error.message;
  }
  return 'none';
}

test('a value has its line, and one that is missing has the line of its parent', () => {
  const document = parseYaml('a: 1\nb:\n  c: [x, y]\n', 'some.yaml');
  assert.deepEqual(document.value, { a: 1, b: { c: ['x', 'y'] } });
  assert.equal(document.lineOf(['b', 'c', 1]), 3);
  assert.equal(document.lineOf(['b', 'missing']), 3);
  assert.match(document.refusal(['b', 'c'], 'is odd').message, /^some\.yaml:3: is odd/);
});

test('lines are the same with the line ends of Windows', () => {
  const document = parseJson('{\r\n "a": 1,\r\n "b": 2\r\n}', 'some.json');
  assert.equal(document.lineOf(['b']), 3);
});

test('JSON is strict, and a key that is there twice is refused', () => {
  assert.match(
    problemOf(() => parseJson('{"a": 1, }', 'some.json')),
    /^some\.json: not valid JSON/,
  );
  assert.match(
    problemOf(() => parseJson('a: 1', 'some.json')),
    /not valid JSON/,
  );
  assert.match(
    problemOf(() => parseJson('{"a": 1,\n"a": 2}', 'some.json')),
    /^some\.json:2: .*unique/,
  );
});

test('what nests beyond all measure is a refusal, not a crash', () => {
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  assert.match(
    problemOf(() => parseYaml(deep, 'some.yaml')),
    /^some\.yaml:1: /,
  );
});

test('the first value that is wrong is named with its line', () => {
  const document = parseYaml('a: 1\nb:\n  - x\n  - 2\n', 'some.yaml');
  const schema = z.object({ a: z.number(), b: z.array(z.string()) });
  assert.match(
    problemOf(() => checkDocument(document, schema, 'all')),
    /^some\.yaml:4: b\.1: /,
  );
  assert.match(
    problemOf(() => checkDocument(document, z.array(z.string()), 'all')),
    /: all: /,
  );
});
