import assert from 'node:assert/strict';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fetchThrough } from './fetch-through.ts';
import { createTestNetwork } from './fixtures/network.ts';

const address = '93.184.216.34:443';
const url = 'https://api.example.com/mcp';

test('a request goes with its body, its headers and the secrets that the proxy puts in', async (t) => {
  const network = createTestNetwork(t);
  await network.secure(address, (request, response) => {
    const { method, headers } = request;
    void text(request).then((body) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'X-Seen': 'yes' });
      response.end(JSON.stringify([method, headers['x-key'], headers['content-type'], body]));
    });
  });
  const proxy = network.proxy({
    secrets: [{ name: 'key', hosts: ['api.example.com'] }],
    secret: async () => 'hunter22',
  });
  const answer = await fetchThrough(proxy)(url, {
    method: 'POST',
    headers: { 'X-Key': '{{secret:key}}' },
    body: new URLSearchParams({ grant_type: 'refresh_token' }),
  });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('x-seen'), 'yes');
  const type = 'application/x-www-form-urlencoded;charset=UTF-8';
  const seen = ['POST', '{{secret:key}}', type, 'grant_type=refresh_token'];
  assert.deepEqual(await answer.json(), seen);
});

test('a stream is handed on piece by piece, and ends with the signal at both ends', async (t) => {
  const network = createTestNetwork(t);
  const closed = Promise.withResolvers<void>();
  const next = Promise.withResolvers<void>();
  await network.secure(address, (_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write('data: 1\n\n');
    void next.promise.then(() => response.write('data: 2\n\n'));
    response.once('close', () => closed.resolve());
  });
  const controller = new AbortController();
  const answer = await fetchThrough(network.proxy({}))(url, { signal: controller.signal });
  const reader = answer.body?.getReader();
  assert.ok(reader !== undefined);
  const decoder = new TextDecoder();
  assert.equal(decoder.decode((await reader.read()).value as Uint8Array), 'data: 1\n\n');
  next.resolve();
  assert.equal(decoder.decode((await reader.read()).value as Uint8Array), 'data: 2\n\n');
  controller.abort(new Error('enough'));
  await assert.rejects(reader.read(), /enough/);
  await closed.promise;
});

test('a stream that its reader drops is closed at the host', async (t) => {
  const network = createTestNetwork(t);
  const closed = Promise.withResolvers<void>();
  await network.secure(address, (_, response) => {
    response.once('close', () => closed.resolve());
    response.writeHead(200);
    response.write('x');
  });
  const answer = await fetchThrough(network.proxy({}))(url);
  await answer.body?.cancel();
  await closed.promise;
});

test('an answer longer than the proxy allows breaks off', async (t) => {
  const network = createTestNetwork(t);
  await network.secure(address, (_, response) => {
    response.writeHead(200);
    response.write('x'.repeat(600));
    response.end('x'.repeat(600));
  });
  const proxy = network.proxy({ limits: { responseBytesMax: 1_000 } });
  const answer = await fetchThrough(proxy)(url);
  await assert.rejects(answer.text());
});

test('a refusal of the proxy is a TypeError in its words; one of the host is an answer', async (t) => {
  const network = createTestNetwork(t);
  await network.secure(address, (request, response) => {
    response.writeHead(request.url === '/none' ? 204 : 403, { 'Content-Type': 'application/json' });
    response.end(request.url === '/none' ? undefined : '{"code":"FORBIDDEN","text":"no"}');
  });
  const fetch = fetchThrough(network.proxy({}));
  await assert.rejects(fetch('https://elsewhere.org/'), {
    name: 'TypeError',
    message: /may not reach elsewhere\.org/,
  });
  const answer = await fetch(url);
  assert.equal(answer.status, 403);
  assert.deepEqual(await answer.json(), { code: 'FORBIDDEN', text: 'no' });
  const none = await fetch('https://api.example.com/none');
  assert.equal(none.status, 204);
  assert.equal(none.body, null);
});

test('nothing is sent once the signal has ended or the proxy is closed', async (t) => {
  const network = createTestNetwork(t);
  const proxy = network.proxy({});
  const ended = AbortSignal.abort(new Error('before'));
  await assert.rejects(fetchThrough(proxy)(url, { signal: ended }), /before/);
  await proxy.close();
  await assert.rejects(fetchThrough(proxy)(url));
  assert.deepEqual(network.dialled, []);
});

test('a request that waits for its answer ends with the signal', async (t) => {
  const network = createTestNetwork(t);
  const server = await network.secure(address, () => undefined);
  const controller = new AbortController();
  const waiting = fetchThrough(network.proxy({}))(url, { signal: controller.signal });
  await once(server, 'request');
  controller.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
});
