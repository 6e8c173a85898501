import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@opencomputer/contracts';
import { found, greet } from './fixtures/subject.ts';
import { schemas } from './schemas.ts';

const input = (rest: JsonObject): readonly string[] =>
  found(schemas, { ...greet, input: { type: 'object', ...rest } });
const at = (rule: string, path: string): string[] => [`${rule} at provides.tools.0.input${path}`];

test('arguments are an object whose members have types and limits', () => {
  assert.deepEqual(found(schemas, greet), []);
  assert.deepEqual(found(schemas, { ...greet, input: {} }), at('schema-object', ''));
  const untyped = input({ properties: { name: {} } });
  assert.deepEqual(untyped, at('schema-type', '.properties.name'));
  const endless = input({ properties: { name: { type: 'string' } } });
  assert.deepEqual(endless, at('schema-bounded', '.properties.name'));
  assert.deepEqual(input({ properties: { name: { enum: ['a'] }, flag: { type: 'boolean' } } }), []);
});

test('what is required is an argument', () => {
  assert.deepEqual(input({ required: ['name'] }), at('schema-required', '.required'));
});

test('members of members and of lists are looked at too', () => {
  const inner = { type: 'object', properties: { street: { type: 'string' } } };
  const nested = input({ properties: { places: { type: 'array', items: inner } } });
  assert.deepEqual(nested, at('schema-bounded', '.properties.places.items.properties.street'));
  const list = input({ properties: { names: { type: 'array', items: {} } } });
  assert.deepEqual(list, at('schema-type', '.properties.names.items'));
});
