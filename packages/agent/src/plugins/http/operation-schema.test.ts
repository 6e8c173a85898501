import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@opencomputer/contracts';
import { SchemaReader } from './operation-schema.ts';
import { OperationProblem } from './openapi-document.ts';
import { shop } from './fixtures/shop.ts';

test('a schema of OpenAPI 3.0 becomes one of 2020-12 without references', () => {
  const item = { $ref: '#/components/schemas/Item' };
  const properties = {
    name: { type: ['string', 'null'] },
    price: { type: 'number', exclusiveMinimum: 0 },
    parts: { type: 'array', items: { description: 'Again a Item.' } },
  };
  const expected = { type: 'object', required: ['name'], properties };
  assert.deepEqual(new SchemaReader(shop()).read(item), expected);
});

test('a property may be called like a word of the schema language', () => {
  const schema = { properties: { title: { type: 'string' }, $ref: { type: 'string' } } };
  assert.deepEqual(new SchemaReader({}).read(schema), schema);
});

test('what grows without bound is a problem, what nests too deeply may be anything', () => {
  const wide: Record<string, JsonObject> = {};
  for (let count = 0; count < 3_000; count += 1) wide[`p${count}`] = { type: 'string' };
  assert.throws(() => new SchemaReader({}).read({ properties: wide }), OperationProblem);
  // eight times as many at each step: the bound holds before the memory does
  const schemas: Record<string, JsonObject> = {};
  for (let at = 0; at < 30; at += 1) {
    const next = { $ref: `#/s/s${at + 1}` };
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    schemas[`s${at}`] = { properties: Object.fromEntries(names.map((name) => [name, next])) };
  }
  const bomb = new SchemaReader({ s: { ...schemas, s30: {} } });
  assert.throws(() => bomb.read({ $ref: '#/s/s0' }), OperationProblem);
  let deep: JsonObject = { type: 'string' };
  for (let count = 0; count < 50; count += 1) deep = { items: deep };
  assert.doesNotThrow(() => new SchemaReader({}).read(deep));
});
