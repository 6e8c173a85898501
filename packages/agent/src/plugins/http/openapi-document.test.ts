import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookUp, OperationProblem, readOpenapi, resolved } from './openapi-document.ts';

test('JSON and YAML are read; what is no OpenAPI 3.0 or 3.1 is refused with the file', () => {
  assert.equal(readOpenapi('{"openapi":"3.1.0"}', 'a.json')['openapi'], '3.1.0');
  assert.equal(readOpenapi('openapi: 3.0.4', 'a.yaml')['openapi'], '3.0.4');
  for (const text of ['swagger: "2.0"', '{"openapi":"3.2.0"}', '[1]', '{', 'openapi: 3.0']) {
    assert.throws(() => readOpenapi(text, 'a.yaml'), { code: 'PLUGIN_MANIFEST' }, text);
  }
});

test('a reference is followed by its escapes, never to what is inherited', () => {
  const document = { a: { 'b/c~d e': [{ x: 1 }] } };
  assert.deepEqual(lookUp(document, '#/a/b~1c~0d%20e/0'), { x: 1 });
  assert.equal(lookUp(document, '#/a/toString'), undefined);
  assert.equal(lookUp(document, '#/a/b~1c~0d%20e/length'), undefined);
});

test('references out of the document, to nothing, or round in a circle are problems', () => {
  const document = { a: { $ref: '#/b' }, b: { $ref: '#/a' }, c: { $ref: 'x.yaml#/a' } };
  for (const name of ['a', 'c', 'd'] as const) {
    assert.throws(() => resolved(document, { $ref: `#/${name}` }), OperationProblem, name);
  }
});
