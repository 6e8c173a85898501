import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
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
  const check = await new SchemaChecker().check(schema, 'official');
  const input = { title: 'x', tags: ['a'] };
  assert.equal(check(input), undefined);
  assert.deepEqual(input, { title: 'x', tags: ['a'] });
  assert.match(check({ title: 'x', count: '2' }) ?? '', /count must be integer/);
});

test('what is wrong is said in words, at most five things', async () => {
  const check = await new SchemaChecker().check(schema, 'official');
  assert.equal(check({}), `the arguments must have required property 'title'`);
  assert.equal(
    check({ title: 'x', tags: ['c'], count: 0, more: 1 }),
    'the arguments must not have "more"; tags.0 must be one of ["a","b"]; count must be >= 1',
  );
  const many = check({ title: 'x', tags: Array.from({ length: 50 }, () => 'c') }) ?? '';
  assert.equal(many.split(';').length, 5);
});

test('a schema is compiled once', async () => {
  const checker = new SchemaChecker();
  assert.equal(await checker.check(schema, 'official'), await checker.check(schema, 'official'));
});

test('a validator that could not be loaded is loaded again for the next call', async () => {
  let loads = 0;
  const checker = new SchemaChecker(async () => {
    loads += 1;
    if (loads === 1) throw new Error('too many open files');
    return new Ajv2020();
  });
  const failed = await Promise.all([
    checker.check(schema, 'official'),
    checker.check(schema, 'builtin'),
  ]);
  for (const check of failed) assert.match(check({ title: 'x' }) ?? '', /too many open files/);
  const check = await checker.check(schema, 'official');
  assert.equal(check({ title: 'x' }), undefined);
  assert.equal(loads, 2);
});

test('official patterns are checked; a third party’s schema is not compiled at all', async () => {
  const checker = new SchemaChecker();
  const strict = { type: 'object', properties: { code: { type: 'string', pattern: '^[a-z]+$' } } };
  for (const tier of ['official', 'builtin'] as const) {
    const check = await checker.check({ ...strict }, tier);
    assert.match(check({ code: '1' }) ?? '', /code must match pattern/);
  }
  const unloaded = new SchemaChecker(() => Promise.reject(new Error('it was loaded')));
  const check = await unloaded.check(strict, 'third-party');
  assert.equal(check({ code: '1' }), undefined);
  assert.match(check({ code: 1 }) ?? '', /code must be string/);
});

test('a schema of draft-07 is read as such', async () => {
  const checker = new SchemaChecker();
  const tuple = { items: [{ type: 'string' }, { type: 'number' }], additionalItems: false };
  const draft = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: { pair: tuple },
  };
  const check = await checker.check(draft, 'official');
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
    const check = await checker.check(broken, 'official');
    assert.match(check({}) ?? 'passed', /cannot be used/);
  }
});
