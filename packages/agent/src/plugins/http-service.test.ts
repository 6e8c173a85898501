import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { manifest } from '@opencomputer/contracts';
import { requestThrough } from './egress/index.ts';
import { createTestNetwork, systemClock } from './egress/fixtures/network.ts';
import { connectHttp, listHttpTools, readOpenapi, readOperations } from './http/index.ts';
import { shopText } from './http/fixtures/shop.ts';
import { readResult } from './outcome.ts';

const described = manifest.parse({
  name: 'shop',
  version: '1.0.0',
  framework_version: '*',
  description: 'A shop.',
  runtime: 'http',
  url: 'https://api.example.com/v1',
  openapi: 'shop.yaml',
  requires: { secrets: [{ name: 'key', description: 'A key.', hosts: ['api.example.com'] }] },
  permissions: { network: ['api.example.com'] },
});

test('an HTTP service is called through the egress proxy, its key put in on the way', async (context) => {
  const network = createTestNetwork(context);
  const seen: unknown[] = [];
  await network.secure('93.184.216.34:443', (request, response) => {
    const { 'x-key': key, 'idempotency-key': idempotency } = request.headers;
    const { method, url } = request;
    void text(request).then((body) => {
      seen.push({ method, url, key, idempotency, body });
      response.writeHead(201, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ id: 7, echoed: key }));
    });
  });
  const { requires, permissions } = described;
  const proxy = network.proxy({
    hosts: permissions.network,
    secrets: requires.secrets,
    secret: async () => 'hunter22',
  });
  const document = readOpenapi(shopText, 'shop.yaml');
  const listed = listHttpTools(document, described.name);
  const { operations } = readOperations(document, described.name);
  assert.deepEqual(
    listed,
    operations.map(({ declaration }) => declaration),
  );
  const connection = connectHttp(described, {
    document,
    url: 'https://api.example.com/v1',
    headers: {},
    send: (request) => requestThrough(proxy, request),
    clock: systemClock,
  });
  const answer = await connection.call({
    tool: 'shop_create_item',
    input: { body: { name: 'Lamp' } },
    circumstances: { idempotencyKey: 'k1' },
    signal: new AbortController().signal,
    onService: () => Promise.reject(new Error('no services')),
  });
  assert.ok(answer.type === 'result');
  const data = { id: 7, echoed: '{{secret:key}}' };
  const outcome = readResult(answer.result, { tool: 't', own: true, bytesMax: 1_000 });
  assert.deepEqual(outcome, { status: 'done', text: JSON.stringify(data), data });
  const body = '{"name":"Lamp"}';
  const request = { method: 'POST', url: '/v1/items', key: 'hunter22', idempotency: 'k1', body };
  assert.deepEqual(seen, [request]);
});
