import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@opencomputer/contracts';
import { OperationProblem } from './openapi-document.ts';
import { SchemaReader } from './operation-schema.ts';
import { readBody, readParameters } from './parameter.ts';
import type { HttpBody, HttpParameter } from './parameter.ts';

function read(...listed: JsonObject[]): readonly HttpParameter[] {
  return readParameters({}, listed, { path: '/', schemas: new SchemaReader({}) });
}

function body(value: JsonObject): HttpBody | undefined {
  return readBody({}, value, { parameters: [], schemas: new SchemaReader({}) });
}

test('the last of two parameters of the same name and place counts; two places make two arguments', () => {
  const found = read(
    { name: 'id', in: 'query', style: 'pipeDelimited', explode: false },
    { name: 'id', in: 'query' },
    { name: 'id', in: 'header' },
    { name: 'filter[a]', in: 'query' },
  );
  const shown = found.map(({ argument, place, style }) => [argument, place, style]);
  assert.deepEqual(shown, [
    ['id', 'query', 'form'],
    ['id_2', 'header', 'simple'],
    ['filter_a', 'query', 'form'],
  ]);
});

test('an optional parameter that cannot be written is left out, a required one is a problem', () => {
  const wrong: readonly JsonObject[] = [
    { name: 'a', in: 'path', style: 'matrix', required: true },
    { name: 'a', in: 'cookie' },
    { name: 'Content-Length', in: 'header' },
    { name: 'a\r\nb', in: 'header' },
    { name: 'a', in: 'query', content: { 'text/xml': {} } },
  ];
  for (const parameter of wrong) {
    assert.throws(() => read({ ...parameter, required: true }), OperationProblem);
    if (parameter['in'] !== 'path') assert.deepEqual(read(parameter), []);
  }
});

test('of several kinds of body JSON is chosen, then a form, then text', () => {
  const content = { 'image/png': {}, 'text/*': {}, 'application/vnd.a+json': {} };
  assert.equal(body({ content })?.mediaType, 'application/vnd.a+json');
  assert.equal(body({ content: { 'image/png': {}, 'text/*': {} } })?.mediaType, 'text/plain');
  assert.equal(body({ content: { 'image/png': {} } }), undefined);
  assert.throws(() => body({ required: true, content: { 'image/png': {} } }), OperationProblem);
});
