import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { Json, JsonObject } from '@opencomputer/contracts';
import {
  CHECK_STEPS_MAX,
  foreignProblem,
  SCHEMA_DEPTH_MAX,
  schemaProblem,
} from './foreign-schema.ts';

const object = (properties: JsonObject, rest: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  ...rest,
});

test('types, names, choices and bounds are checked, and the first problem is said', () => {
  const schema = object(
    {
      name: { type: 'string', minLength: 2, maxLength: 3 },
      count: { type: ['integer', 'null'], minimum: 1, maximum: 9 },
      kind: { enum: ['a', 'b'] },
      fixed: { const: 1 },
      tags: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 2 },
      inner: object({ deep: { type: 'boolean' } }, { additionalProperties: false }),
      never: false,
    },
    { required: ['name'] },
  );
  const problems: readonly (readonly [JsonObject, string | undefined])[] = [
    [
      { name: 'ab', count: null, kind: 'a', fixed: 1, tags: ['x'], inner: { deep: true } },
      undefined,
    ],
    [{}, "the arguments must have required property 'name'"],
    [{ name: 1 }, 'name must be string'],
    [{ name: 'a' }, 'name must not have fewer than 2 characters'],
    [{ name: 'abcd' }, 'name must not have more than 3 characters'],
    [{ name: '👍👍👍' }, undefined],
    [{ name: 'ab', count: 1.5 }, 'count must be integer or null'],
    [{ name: 'ab', count: 0 }, 'count must be >= 1'],
    [{ name: 'ab', count: 10 }, 'count must be <= 9'],
    [{ name: 'ab', kind: 'c' }, 'kind must be one of ["a","b"]'],
    [{ name: 'ab', fixed: 2 }, 'fixed must be 1'],
    [{ name: 'ab', tags: [] }, 'tags must not have fewer than 1 items'],
    [{ name: 'ab', tags: ['x', 2] }, 'tags.1 must be string'],
    [{ name: 'ab', inner: { other: 1 } }, 'inner.other must not be there'],
    [{ name: 'ab', never: 1 }, 'never must not be there'],
  ];
  for (const [input, problem] of problems) {
    assert.equal(foreignProblem(schema, input), problem, JSON.stringify(input));
  }
});

test('no expression of a third party is run, wherever it stands', () => {
  const evil = '^(a+)+$';
  const text = `${'a'.repeat(27)}!`;
  const schemas: readonly JsonObject[] = [
    object({ text: { type: 'string', pattern: evil } }),
    object({ text: { type: 'string', format: 'regex' } }),
    object({ text: { allOf: [{ pattern: evil }], not: { pattern: evil } } }),
    { type: 'object', patternProperties: { [evil]: false } },
    { type: 'object', propertyNames: { pattern: evil } },
  ];
  for (const schema of schemas) {
    assert.equal(foreignProblem(schema, { text, [text]: text }), undefined);
  }
});

test('references and choices that double with every level are left to the server', () => {
  const twice = { anyOf: [{ $ref: '#/$defs/t' }, { $ref: '#/$defs/t' }] };
  const t = object({ inner: twice, also: { $ref: '#/$defs/t', type: 'string' } });
  let input: JsonObject = { also: 1 };
  for (let depth = 0; depth < 1_000; depth += 1) input = { inner: input };
  assert.equal(foreignProblem({ ...t, $defs: { t } }, input), undefined);
});

test('what stands beside patterns, prefixes and `nullable` is read as they mean it', () => {
  const named = { type: 'object', patternProperties: { '^x': {} }, additionalProperties: false };
  assert.equal(foreignProblem(named, { xy: 1 }), undefined);
  const tuple = object({ pair: { type: 'array', prefixItems: [{}], items: false } });
  assert.equal(foreignProblem(tuple, { pair: [1] }), undefined);
  const old = object({ pair: { type: 'array', items: [{ type: 'string' }, { type: 'number' }] } });
  assert.equal(foreignProblem(old, { pair: ['x', 1] }), undefined);
  const empty = object({ value: { type: 'string', nullable: true } });
  assert.equal(foreignProblem(empty, { value: null }), undefined);
});

test('names that every object has are no declared ones', () => {
  const schema = object({ a: { type: 'string' } }, { required: ['toString'] });
  assert.match(foreignProblem(schema, { a: 'x' }) ?? '', /'toString'/);
  const input = JSON.parse('{"constructor": 1, "__proto__": {"a": 1}}') as JsonObject;
  assert.equal(foreignProblem(object({ a: { type: 'string' } }), input), undefined);
});

test('a check that takes too many steps is left to the server', () => {
  const schema = object({ list: { type: 'array', items: { type: 'string' } } });
  const list = (length: number): Json[] => [...Array.from({ length }, () => 'x'), 1];
  assert.match(foreignProblem(schema, { list: list(1_000) }) ?? '', /list\.1000 must be string/);
  assert.equal(foreignProblem(schema, { list: list(CHECK_STEPS_MAX) }), undefined);
  const choices = Array.from({ length: 10_000 }, (_, index) => `c${index}`);
  const many = object({ list: { type: 'array', items: { enum: choices } } });
  const last = Array.from({ length: 100 }, () => 'c9999');
  assert.equal(foreignProblem(many, { list: [...last, 'no'] }), undefined);
});

test('a schema too deep or too long is not taken, however deep it is', () => {
  let deep: JsonObject = {};
  for (let depth = 0; depth < 100_000; depth += 1) deep = { items: deep };
  assert.match(schemaProblem(deep) ?? '', /levels deep/);
  let fitting: JsonObject = {};
  for (let depth = 1; depth < SCHEMA_DEPTH_MAX; depth += 1) fitting = { items: fitting };
  assert.equal(schemaProblem(fitting), undefined);
  assert.match(schemaProblem({ items: fitting }) ?? '', /levels deep/);
  assert.match(schemaProblem({ description: 'x'.repeat(100_000) }) ?? '', /longer than/);
});

const leaf = fc.oneof(
  fc.constant({}),
  fc.record({ type: fc.constantFrom('string', 'integer', 'number', 'boolean', 'null', 'object') }),
  fc.record({ enum: fc.array(fc.constantFrom<Json>('a', 1, null), { minLength: 1 }) }),
  fc.record({ type: fc.constant('string'), minLength: fc.nat(2), maxLength: fc.nat(3) }),
  fc.record({ type: fc.constant('integer'), minimum: fc.nat(2), pattern: fc.constant('^b') }),
  fc.boolean(),
);
const { schema: anySchema } = fc.letrec<{ schema: Json }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.record({
      type: fc.constant('object'),
      properties: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('schema')),
      required: fc.uniqueArray(fc.constantFrom('a', 'b')),
      additionalProperties: tie('schema'),
    }),
    fc.record({ type: fc.constant('array'), items: tie('schema'), maxItems: fc.nat(3) }),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }) }),
  ) as fc.Arbitrary<Json>,
}));
const { value: anyValue } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>('a', 'bb', 'cccc', 1, 2.5, -1, null, true),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('value')),
  ) as fc.Arbitrary<Json>,
}));

test('it finds no fault that the whole schema does not find', () => {
  const options = { strict: false, validateFormats: false, validateSchema: false, meta: false };
  fc.assert(
    fc.property(anySchema, anyValue, (inner, value) => {
      const schema = object({ value: inner });
      const problem = foreignProblem(schema, { value });
      if (problem === undefined) return;
      assert.equal(new Ajv2020(options).compile(schema)({ value }), false, problem);
    }),
    { numRuns: 300 },
  );
});
