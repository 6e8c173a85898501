import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { requestThrough, tunnelThrough } from './index.ts';
import { createTestNetwork } from './fixtures/network.ts';

const here = '93.184.216.34:443';
const bounds = { headers: [], signal: new AbortController().signal, answerBytesMax: 1_000 };

test('the host asks by the same rules, with secrets put in and taken out again', async (context) => {
  const network = createTestNetwork(context);
  await network.secure(here, (request, response) => {
    const { method, url, headers } = request;
    response.setHeader('X-Seen', 'yes');
    void text(request).then((body) =>
      response.end(`${method} ${url} ${String(headers['x-key'])} ${body}`),
    );
  });
  const proxy = network.proxy({
    secrets: [{ name: 'key', hosts: ['api.example.com'] }],
    secret: async () => 'hunter22',
  });
  const answer = await requestThrough(proxy, {
    ...bounds,
    method: 'POST',
    url: 'https://api.example.com/a?b=1',
    headers: [['X-Key', '{{secret:key}}']],
    body: 'ü',
  });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['x-seen'], 'yes');
  assert.equal(answer.body?.toString(), 'POST /a?b=1 {{secret:key}} ü');
  const denied = await requestThrough(proxy, {
    ...bounds,
    method: 'GET',
    url: 'https://evil.com/',
  });
  assert.equal(denied.status, 403);
  assert.match(String(denied.body), /^\{"code":"EGRESS_HOST"/);
});

test('an answer beyond the bound has no body', async (context) => {
  const network = createTestNetwork(context);
  await network.secure(here, (_, response) => response.end('x'.repeat(1_001)));
  const url = 'https://api.example.com/';
  const answer = await requestThrough(network.proxy({}), { ...bounds, method: 'GET', url });
  assert.equal(answer.status, 200);
  assert.equal(answer.body, undefined);
});

test('the end of the signal ends the request at the host, too', async (context) => {
  const network = createTestNetwork(context);
  const arrived = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  await network.secure(here, (request) => {
    request.socket.once('close', () => left.resolve());
    arrived.resolve();
  });
  const controller = new AbortController();
  const { signal } = controller;
  const url = 'https://api.example.com/';
  const request = requestThrough(network.proxy({}), { ...bounds, method: 'GET', url, signal });
  await arrived.promise;
  controller.abort(new Error('enough'));
  await assert.rejects(request, { message: 'enough' });
  await left.promise;
});

test('an answer that breaks off rejects', async (context) => {
  const network = createTestNetwork(context);
  await network.secure(here, (_, response) => {
    response.writeHead(200, { 'Content-Length': 10 });
    response.write('x', () => response.destroy());
  });
  const url = 'https://api.example.com/';
  await assert.rejects(requestThrough(network.proxy({}), { ...bounds, method: 'GET', url }));
});

test('a tunnel is ready when it is given, and a refused one is none', async (context) => {
  const network = createTestNetwork(context);
  await network.serve(
    here,
    createServer((socket) => socket.end('hello')),
  );
  const proxy = network.proxy({});
  const { signal } = bounds;
  const tunnel = await tunnelThrough(proxy, 'api.example.com:443', signal);
  assert.equal(await text(tunnel), 'hello');
  await assert.rejects(tunnelThrough(proxy, 'evil.com:443', signal), /EGRESS_HOST/);
});
