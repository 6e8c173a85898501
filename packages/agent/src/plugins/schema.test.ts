import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SchemaChecker } from './schema.ts';

const schema = {
  type: 'object',
  properties: {
    title: { type: 'string', default: 'none' },
    tags: { type: 'array', items: { enum: ['a', 'b'] } },
    count: { type: 'integer', minimum: 1 },
  },
  required: ['title'],
  additionalProperties: false,
};

test('arguments that fit pass unchanged: nothing is coerced or filled in', async () => {
  const check = await new SchemaChecker().check(schema);
  const input = { title: 'x', tags: ['a'] };
  assert.equal(check(input), undefined);
  assert.deepEqual(input, { title: 'x', tags: ['a'] });
  assert.match(check({ title: 'x', count: '2' }) ?? '', /count must be integer/);
});

test('what is wrong is said in words, at most five things', async () => {
  const check = await new SchemaChecker().check(schema);
  assert.equal(check({}), `the arguments must have required property 'title'`);
  assert.equal(
    check({ title: 'x', tags: ['c'], count: 0, more: 1 }),
    'the arguments must not have "more"; tags.0 must be one of ["a","b"]; count must be >= 1',
  );
  const many = check({ title: 'x', tags: Array.from({ length: 50 }, () => 'c') }) ?? '';
  assert.equal(many.split(';').length, 5);
});

test('a schema is compiled once', () => {
  const checker = new SchemaChecker();
  assert.equal(checker.check(schema), checker.check(schema));
});

test('a schema of draft-07 is read as such', async () => {
  const checker = new SchemaChecker();
  const tuple = { items: [{ type: 'string' }, { type: 'number' }], additionalItems: false };
  const draft = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: { pair: tuple },
  };
  const check = await checker.check(draft);
  assert.equal(check({ pair: ['x', 1] }), undefined);
  assert.match(check({ pair: ['x', 'y'] }) ?? '', /pair\.1 must be number/);
});

test('a schema that cannot be used refuses every call and fetches nothing', async () => {
  const checker = new SchemaChecker();
  for (const broken of [
    { type: 'nonsense' },
    { $ref: 'https://example.org/schema.json' },
    { type: 'object', description: 'x'.repeat(200_001) },
  ]) {
    const check = await checker.check(broken);
    assert.match(check({}) ?? 'passed', /cannot be used/);
  }
});
