import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { manifest } from './manifest.ts';
import { toolDeclaration } from './tool.ts';

const least = {
  name: 'notes',
  version: '1.0.0',
  framework_version: '^0.1.0',
  description: 'Keeps notes.',
  runtime: 'node',
};

test('the least manifest grants nothing', () => {
  const parsed = manifest.parse(least);
  assert.deepEqual(parsed.permissions, { network: [], files: 'none', processes: false });
  assert.deepEqual(parsed.provides, { tools: [], intents: [], services: [] });
});

test('a tool reaches outside and is not idempotent unless it says otherwise', () => {
  const tool = toolDeclaration.parse({
    name: 'a_tool',
    description: 'Does a thing.',
    input: {},
    effect: 'read',
  });
  assert.equal(tool.reach, 'outside');
  assert.equal(tool.idempotent, false);
});

test('wrong values are refused with their path', () => {
  const result = manifest.safeParse({ ...least, provides: { tools: [{ name: 'Bad Name' }] } });
  assert.ok(!result.success);
  assert.ok(result.error.issues.some((issue) => issue.path.join('.') === 'provides.tools.0.name'));
});

test('the schema can be published as JSON Schema 2020-12', () => {
  const schema = z.toJSONSchema(manifest, { io: 'input' });
  assert.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema');
});
