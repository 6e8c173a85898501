import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@opencomputer/contracts';
import { readOperations } from './operation.ts';
import { RequestProblem, buildRequest } from './request.ts';
import type { Endpoint, HttpRequest } from './request.ts';
import { shop } from './fixtures/shop.ts';

const endpoint: Endpoint = {
  url: 'https://api.example.com/v1/',
  headers: {},
  secrets: ['shop-key'],
};
const { operations } = readOperations(shop(), 'shop');

function build(tool: string, input: JsonObject, key?: string): HttpRequest {
  const operation = operations.find(({ declaration }) => declaration.name === tool);
  assert.ok(operation, tool);
  return buildRequest(endpoint, operation, { input, ...(key === undefined ? {} : { key }) });
}

function header(request: HttpRequest, name: string): string | undefined {
  return request.headers.find(([each]) => each.toLowerCase() === name)?.[1];
}

test('every style of a query is written as the standard says', () => {
  const request = build('shop_list_items', {
    tags: ['a b', 'ü&c'],
    ids: [1, 2],
    filter: { color: 'red', size: { min: 1 } },
    where: { a: [1] },
    'X-Trace': ['x', 'y'],
    unknown: 'not sent',
  });
  assert.equal(
    request.url,
    'https://api.example.com/v1/items?tags=a%20b&tags=%C3%BC%26c&ids=1,2' +
      '&filter%5Bcolor%5D=red&filter%5Bsize%5D%5Bmin%5D=1&where=%7B%22a%22%3A%5B1%5D%7D',
  );
  assert.equal(header(request, 'x-trace'), 'x,y');
  assert.equal(header(request, 'x-key'), '{{secret:shop-key}}');
  assert.equal(request.method, 'GET');
  assert.equal(request.body, undefined);
});

test('a path parameter is one segment, whatever is in it', () => {
  const url = (id: string): string => build('shop_get_item', { id }).url;
  assert.equal(url('a/../b?c#d%2e'), 'https://api.example.com/v1/items/a%2F..%2Fb%3Fc%23d%252e');
  assert.equal(url("x!'()*"), 'https://api.example.com/v1/items/x%21%27%28%29%2A');
  for (const id of ['.', '..', '', '\ud800']) assert.throws(() => url(id), RequestProblem, id);
});

test('bodies are JSON, text and forms, with the key that makes a repetition harmless', () => {
  const created = build('shop_create_item', { body: { name: 'Lamp' } }, 'k1');
  assert.equal(created.body, '{"name":"Lamp"}');
  assert.equal(header(created, 'content-type'), 'application/json');
  assert.equal(header(created, 'idempotency-key'), 'k1');
  const put = build('shop_put_item', { id: '7', body: 'ü' });
  assert.equal(put.body, 'ü');
  assert.equal(header(put, 'content-type'), 'text/plain; charset=utf-8');
  assert.equal(header(put, 'x-key'), undefined, 'this operation has no security');
  const address = { city: 'Bern', lines: ['1', '2'] };
  const ordered = build('shop_order', {
    body: { item: 'a=b', tags: ['x', 'y'], address, n: null },
  });
  assert.equal(
    ordered.body,
    'item=a%3Db&tags=x&tags=y&address%5Bcity%5D=Bern&address%5Blines%5D%5B%5D=1' +
      '&address%5Blines%5D%5B%5D=2&n=',
  );
  assert.equal(header(build('shop_get_item', { id: '7' }, 'k1'), 'idempotency-key'), undefined);
});

test('a secret is put in where the document says, and nowhere else', () => {
  for (const body of [
    '{{secret:shop-key}}',
    { a: [{ b: 'x {{secret:shop-key}}' }] },
    { '{{secret:shop-key}}': 1 },
  ]) {
    assert.throws(() => build('shop_create_item', { body }), /placeholder of a secret/);
  }
});

test('what would break a header, is missing or is too long makes no request', () => {
  const trace = (text: string) => () => build('shop_list_items', { 'X-Trace': [text] });
  for (const text of ['a\r\nX-Evil: 1', 'a\0', 'snow ☃', ' a'])
    assert.throws(trace(text), RequestProblem);
  assert.throws(() => build('shop_get_item', {}), /id is missing/);
  assert.throws(() => build('shop_create_item', {}), /body is missing/);
  assert.throws(() => build('shop_get_item', { id: 'x'.repeat(20_000) }), /too long/);
  assert.throws(() => build('shop_get_item', { id: [{ a: 1 }] }), /nests too deeply/);
});

test("the manifest's headers win over those of arguments and schemes", () => {
  const operation = operations[0];
  assert.ok(operation);
  const own = { ...endpoint, headers: { 'x-key': 'fixed', 'X-trace': 'mine' } };
  const request = buildRequest(own, operation, { input: { 'X-Trace': ['theirs'] } });
  assert.equal(header(request, 'x-key'), 'fixed');
  assert.equal(header(request, 'x-trace'), 'mine');
});
