import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { isAgentError } from '@opencomputer/contracts';
import { createEgressProxy, egressLimits, parseRules, systemNetwork } from './index.ts';
import { ask, createTestNetwork, get, parseAnswer, readAll } from './fixtures/network.ts';
import { systemClock } from './fixtures/network.ts';

const here = '93.184.216.34:443';
const url = 'http://api.example.com/';

test('http://host means TLS to port 443 of that host, and the answer comes back', async (context) => {
  const network = createTestNetwork(context);
  await network.secure(here, (request, response) => {
    response.end(`${request.headers.host} ${request.url} ${request.headers.connection}`);
  });
  const proxy = network.proxy({});
  const answer = await ask(network, proxy, get('http://api.example.com/a%20b?c=1'));
  assert.equal(answer.status, 200, answer.body);
  assert.equal(answer.body, 'api.example.com /a%20b?c=1 close');
  assert.deepEqual(network.dialled, [here]);
  const [event] = network.events;
  const rule = '*.example.com';
  const seen = { name: 'egress-allow', plugin: 'probe', host: 'api.example.com', port: 443, rule };
  assert.deepEqual(event, seen);
});

test('a refusal is told with host and code, never with what was asked', async (context) => {
  const network = createTestNetwork(context);
  const proxy = network.proxy({});
  await ask(network, proxy, get('http://EVIL.com:8080/private?token=abc'));
  await ask(
    network,
    proxy,
    'GET http://user:pass@x/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  );
  assert.deepEqual(network.events, [
    { name: 'egress-deny', plugin: 'probe', host: 'evil.com', port: 8080, rule: 'EGRESS_HOST' },
    { name: 'egress-deny', plugin: 'probe', host: '', port: 0, rule: 'EGRESS_HOST_INVALID' },
  ]);
});

test('a head that does not come, or not to its end, is not waited for', async (context) => {
  const network = createTestNetwork(context);
  const clock = createFakeClock();
  const proxy = network.proxy({ clock });
  for (const begun of [
    '',
    'GET http://api.example.com/ HT',
    'GET http://api.example.com/ HTTP/1.1\r\nX: 1\r\n',
  ]) {
    const socket = await network.client(proxy);
    const ended = readAll(socket);
    if (begun !== '') socket.write(begun);
    clock.forward(egressLimits.headMsMax - 1);
    assert.ok(!socket.readableEnded);
    clock.forward(1);
    assert.equal(await ended, '');
  }
});

test('a body that does not come, a host that does not answer, a request without end', async (context) => {
  const network = createTestNetwork(context);
  const arrived = Promise.withResolvers<void>();
  await network.secure(here, () => arrived.resolve());
  const clock = createFakeClock();
  const proxy = network.proxy({ clock });
  const expired = async (request: string, when: () => Promise<unknown>, ms: number) => {
    const socket = await network.client(proxy);
    const text = readAll(socket);
    socket.write(request);
    await when();
    clock.forward(ms);
    const { status, body } = parseAnswer(await text);
    assert.equal(status, 504);
    assert.match(body, /^\{"code":"EGRESS_TIMEOUT"/);
  };
  const told = () => events.promise;
  let events = Promise.withResolvers<void>();
  const watching = createWatch(() => events.resolve());
  network.events.push = watching;
  const body = 'Content-Length: 10\r\nHost: api.example.com\r\n\r\nabc';
  await expired(`POST ${url} HTTP/1.1\r\n${body}`, told, egressLimits.idleMsMax);
  events = Promise.withResolvers<void>();
  await expired(get(url), () => arrived.promise, egressLimits.idleMsMax);
  assert.deepEqual(clock.waits, []);
});

function createWatch(onEvent: () => void): () => number {
  return () => {
    onEvent();
    return 0;
  };
}

test('connections, requests and a pipeline are bounded, and a place is free again after use', async (context) => {
  const network = createTestNetwork(context);
  let answer = (): void => undefined;
  let arrived = Promise.withResolvers<void>();
  await network.secure(here, (_request, response) => {
    answer = () => void response.end('done');
    arrived.resolve();
  });
  const proxy = network.proxy({ limits: { connectionsMax: 2, requestsMax: 1 } });
  const first = await network.client(proxy);
  const firstText = readAll(first);
  first.write(get(url));
  await arrived.promise;
  const busy = await ask(network, proxy, get(url));
  assert.equal(busy.status, 503);
  assert.match(busy.body, /"EGRESS_BUSY".*requests/);
  const idle = await network.client(proxy);
  const third = await network.client(proxy);
  assert.match(await readAll(third), /^HTTP\/1\.1 503 [^]*connections/);
  idle.destroy();
  answer();
  assert.match(await firstText, /done$/);

  arrived = Promise.withResolvers<void>();
  const eager = await network.client(proxy);
  const eagerText = readAll(eager);
  const keepAlive = get(url).replace('Connection: close\r\n', '');
  eager.write(keepAlive.repeat(10));
  assert.equal(await eagerText, '', 'a flood of requests on one connection ends it');
});

/** A request to a host that never answers, when it has arrived there. */
async function hanging(context: TestContext) {
  const network = createTestNetwork(context);
  const arrived = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  await network.secure(here, (request) => {
    arrived.resolve();
    request.socket.on('close', () => closed.resolve());
  });
  const proxy = network.proxy({});
  const socket = await network.client(proxy);
  socket.write(get(url));
  await arrived.promise;
  return { proxy, socket, closed: closed.promise };
}

test('a plugin that leaves takes its request with it', async (context) => {
  const { socket, closed } = await hanging(context);
  socket.destroy();
  await closed;
});

test('closing ends requests in flight, and waits for them', async (context) => {
  const { proxy, socket, closed } = await hanging(context);
  const text = readAll(socket);
  await proxy.close();
  await closed;
  assert.equal(await text, '');
});

test('a plugin whose rules cannot be read gets no proxy, and one without rules no network', async (context) => {
  const network = createTestNetwork(context);
  const { status } = await ask(network, network.proxy({ hosts: [] }), get(url));
  assert.equal(status, 403);
  const options = {
    ...systemNetwork,
    plugin: 'probe',
    hosts: ['not a host'],
    secrets: [],
    secret: async () => undefined,
    clock: systemClock,
    observe: () => undefined,
  };
  assert.throws(
    () => createEgressProxy(options),
    (error) => isAgentError(error, 'PLUGIN_MANIFEST'),
  );
  assert.equal(parseRules('probe', ['*.example.com'])[0]?.reach, 'below');
});

test('a local service is reached where the manifest and the operator both name it', async (context) => {
  const network = createTestNetwork(context);
  await network.plain('127.0.0.1:8080', (request, response) => {
    response.end(`local ${String(request.headers['x-key'])}`);
  });
  const proxy = network.proxy({
    hosts: ['http://127.0.0.1:8080'],
    localHosts: ['127.0.0.1:8080'],
    secrets: [{ name: 'key', hosts: ['127.0.0.1:8080'] }],
    secret: async () => 'local-secret',
  });
  const answer = await ask(
    network,
    proxy,
    get('http://127.0.0.1:8080/', ['X-Key: {{secret:key}}']),
  );
  assert.equal(answer.body, 'local {{secret:key}}');
  const other = await network.client(proxy);
  other.write('CONNECT 127.0.0.1:8081 HTTP/1.1\r\nHost: 127.0.0.1:8081\r\n\r\n');
  const [chunk] = (await once(other, 'data')) as [Buffer];
  assert.match(chunk.toString(), /^HTTP\/1\.1 403/);
});
