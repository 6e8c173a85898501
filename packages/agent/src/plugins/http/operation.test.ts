import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toolDeclaration } from '@opencomputer/contracts';
import type { JsonObject } from '@opencomputer/contracts';
import { listHttpTools, readOperations } from './operation.ts';
import { shop } from './fixtures/shop.ts';

test('operations become declarations that the contract accepts', () => {
  const tools = listHttpTools(shop(), 'my-shop');
  for (const tool of tools) toolDeclaration.parse(tool);
  const shown = tools.map(({ name, effect, idempotent, sinks }) => ({
    name,
    effect,
    idempotent,
    sinks,
  }));
  assert.deepEqual(shown, [
    { name: 'my_shop_list_items', effect: 'read', idempotent: true, sinks: ['imageUrl'] },
    { name: 'my_shop_create_item', effect: 'send', idempotent: false, sinks: ['body'] },
    { name: 'my_shop_get_item', effect: 'read', idempotent: true, sinks: ['id'] },
    { name: 'my_shop_put_item', effect: 'send', idempotent: true, sinks: ['id', 'body'] },
    { name: 'my_shop_get_item_2', effect: 'irreversible', idempotent: true, sinks: ['id'] },
    { name: 'my_shop_order', effect: 'irreversible', idempotent: true, sinks: ['body'] },
    { name: 'my_shop_post_search', effect: 'read', idempotent: false, sinks: [] },
  ]);
  assert.deepEqual(tools[5]?.input['required'], ['body']);
});

test('what cannot be sent exactly is left out, and said', () => {
  assert.deepEqual(readOperations(shop(), 'shop').leftOut, [
    'POST /upload is left out: its body is multipart/form-data; JSON, a form or text can be sent.',
    'GET /outside is left out: a reference leads out of the document: other.yaml#/A.',
  ]);
});

test('a document full of wrong things gives no tools and no exception', () => {
  const wrong: readonly JsonObject[] = [
    {},
    { paths: [] },
    { paths: { '/a': null, '/b': { get: 5, parameters: 5 } } },
    { paths: { '/a': { $ref: '#/paths/~1a' } } },
    { paths: { '/a/{b}': { get: {} } } },
    { paths: { '/a': { get: { parameters: [null] } } } },
    { paths: { '/a': { post: { requestBody: 7 } } } },
    { paths: { '/a': { get: { parameters: [{ name: 'Host', in: 'header', required: true }] } } } },
    { paths: { '/a': { get: { parameters: [{ name: 's', in: 'cookie', required: true }] } } } },
    { paths: { '/a': { get: { 'x-opencomputer-effect': 'harmless' } } } },
  ];
  for (const document of wrong) assert.deepEqual(listHttpTools(document, 'p'), []);
});

test('at most 200 operations are offered, with descriptions of at most 300 characters', () => {
  const paths: Record<string, JsonObject> = {};
  for (let at = 0; at < 210; at += 1) paths[`/p${at}`] = { get: { summary: 'x'.repeat(1_000) } };
  const { operations, leftOut } = readOperations({ paths }, 'p');
  assert.equal(operations.length, 200);
  assert.equal(leftOut.length, 10);
  assert.equal(operations[0]?.declaration.description.length, 300);
});
