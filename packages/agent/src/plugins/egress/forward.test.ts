import assert from 'node:assert/strict';
import type { IncomingMessage, RequestListener } from 'node:http';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { ask, createTestNetwork, get, post } from './fixtures/network.ts';

const value = 'sk-live-0123456789"/+';
const here = '93.184.216.34:443';
const bearer = ['Authorization: Bearer {{secret:key}}'];

interface Received {
  readonly url: string;
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Hosts that keep what they get; `answer` may redirect, all else is an empty 200. */
async function hosts(context: TestContext, answer: RequestListener = () => undefined) {
  const network = createTestNetwork(context);
  network.names.set('other.example.com', [['1.1.1.1']]);
  const received: Received[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url = '', method = '', headers } = request;
      received.push({ url, method, headers, body: Buffer.concat(chunks).toString() });
      answer(request, response);
      response.end();
    });
  };
  await network.secure(here, listener);
  await network.secure('1.1.1.1:443', listener);
  const proxy = network.proxy({
    hosts: ['api.example.com', 'other.example.com'],
    secrets: [{ name: 'key', hosts: ['api.example.com'] }],
    secret: async (name) => (name === 'key' ? value : undefined),
  });
  return { network, received, proxy };
}

const code = (body: string): string => (JSON.parse(body) as { code: string }).code;
const to = (location: string, status = 302): RequestListener => {
  return (request, response) => {
    if (request.url !== '/end') response.writeHead(status, { Location: location });
  };
};

test('a secret is put into headers and into bodies, escaped as they are written', async (context) => {
  const { network, received, proxy } = await hosts(context);
  const url = 'http://api.example.com/x';
  assert.equal((await ask(network, proxy, get(url, bearer))).status, 200);
  assert.equal(received[0]?.headers.authorization, `Bearer ${value}`);
  assert.equal(received[0].headers['accept-encoding'], 'identity');
  const json = post(url, 'application/json', '{"k":"{{secret:key}}"}');
  assert.equal((await ask(network, proxy, json)).status, 200);
  assert.deepEqual(JSON.parse(received[1]?.body ?? ''), { k: value });
  const form = post(url, 'application/x-www-form-urlencoded', 'k=%7B%7Bsecret%3Akey%7D%7D&l=1');
  assert.equal((await ask(network, proxy, form)).status, 200);
  assert.equal(new URLSearchParams(received[2]?.body).get('k'), value);
  assert.doesNotMatch(JSON.stringify(network.events), /sk-live|\/x/);
});

test('a placeholder that may not be there is refused before anything is sent', async (context) => {
  const { network, received, proxy } = await hosts(context);
  const other = 'http://other.example.com/';
  const api = 'http://api.example.com/';
  const long = `{"k":"${'x'.repeat(1_000_001)}{{secret:key}}"}`;
  const requests = [
    get(other, bearer),
    post(other, 'application/json', '{"k":"{{secret:key}}"}'),
    post(other, 'text/plain', '{{secret:key}}'),
    get(api, ['X: {{secret:unknown}}']),
    post(api, 'application/octet-stream', '{{secret:key}}'),
    post(api, 'application/json', `{"k":"{{secret:key}}${long}`),
  ];
  for (const request of requests) {
    const { status, body } = await ask(network, proxy, request);
    assert.equal(status, 403, request.slice(0, 200));
    assert.equal(code(body), 'EGRESS_SECRET');
  }
  assert.deepEqual(received, []);
  assert.deepEqual(network.dialled, []);
  const denied = network.events.filter(({ name }) => name === 'egress-deny');
  assert.equal(denied.length, requests.length);
  // found late, in a body that is on its way: the request is broken off
  const late = await ask(
    network,
    proxy,
    post(api, 'application/json', `${'y'.repeat(1_100_000)}${long}`),
  );
  assert.equal(code(late.body), 'EGRESS_SECRET');
  assert.deepEqual(received, []);
});

test('a secret that is not set is said to be so, and nothing is sent', async (context) => {
  const { network, received } = await hosts(context);
  const secrets = [{ name: 'key', hosts: ['api.example.com'] }];
  const proxy = network.proxy({ secrets });
  const { status, body } = await ask(network, proxy, get('http://api.example.com/', bearer));
  assert.equal(status, 502);
  assert.equal(code(body), 'EGRESS_SECRET_MISSING');
  assert.deepEqual(received, []);
});

test('a secret never goes out without TLS', async (context) => {
  const network = createTestNetwork(context);
  await network.plain('93.184.216.34:80', (request, response) => {
    response.end(`plain ${request.headers.authorization ?? ''}`);
  });
  const proxy = network.proxy({
    hosts: ['http://api.example.com'],
    secrets: [{ name: 'key', hosts: ['api.example.com', 'api.example.com:80'] }],
    secret: async () => value,
  });
  const url = 'http://api.example.com/';
  assert.equal((await ask(network, proxy, get(url))).body, 'plain ');
  assert.equal(code((await ask(network, proxy, get(url, bearer))).body), 'EGRESS_SECRET');
});

test('on the same host a redirect is followed with everything', async (context) => {
  const { network, received, proxy } = await hosts(context, to('/end'));
  const { status, head } = await ask(network, proxy, get('http://api.example.com/', bearer));
  assert.equal(status, 200);
  assert.doesNotMatch(head, /location/i);
  assert.equal(received[1]?.headers.authorization, `Bearer ${value}`);
});

test('another host gets no secret, no credentials and no cookies', async (context) => {
  const { network, received, proxy } = await hosts(context, to('https://other.example.com/end'));
  const fields = [
    'X-Key: {{secret:key}}',
    'Authorization: Basic eDp5',
    'Cookie: a=b',
    'X-Plain: 1',
  ];
  const { status } = await ask(network, proxy, get('http://api.example.com/', fields));
  assert.equal(status, 200);
  const second = received[1]?.headers ?? {};
  assert.equal(second.host, 'other.example.com');
  assert.equal(second['x-plain'], '1');
  for (const name of ['x-key', 'authorization', 'cookie']) assert.ok(!(name in second), name);
  assert.doesNotMatch(JSON.stringify(second), /sk-live/);
});

test('a redirect that must not be followed is an error, and its place is not told', async (context) => {
  const places: readonly (readonly [string, number, string])[] = [
    ['https://evil.com/', 302, get('http://api.example.com/')],
    ['http://127.0.0.1/', 302, get('http://api.example.com/')],
    ['http://169.254.169.254/latest', 301, get('http://api.example.com/')],
    ['https://[::ffff:7f00:1]/', 307, get('http://api.example.com/')],
    ['https://api.example.com:8443/', 302, get('http://api.example.com/')],
    ['https://u:p@other.example.com/', 302, get('http://api.example.com/')],
    ['file:///etc/passwd', 302, get('http://api.example.com/')],
    [
      `https://other.example.com/?k=${encodeURIComponent(value)}`,
      302,
      get('http://api.example.com/'),
    ],
    [`/again?k=${Buffer.from(value).toString('hex')}`, 302, get('http://api.example.com/')],
    [
      'https://other.example.com/end',
      307,
      post('http://api.example.com/', 'application/json', '"{{secret:key}}"'),
    ],
    ['/end', 308, post('http://api.example.com/', 'text/plain', 'x'.repeat(1_100_000))],
    ['/loop', 302, get('http://api.example.com/')],
  ];
  for (const [place, status, request] of places) {
    const { network, received, proxy } = await hosts(context, to(place, status));
    const answer = await ask(network, proxy, request);
    assert.equal(answer.status, 502, place);
    assert.equal(code(answer.body), 'EGRESS_REDIRECT', place);
    assert.doesNotMatch(answer.head, /location/i);
    assert.ok(!answer.body.includes('sk-live'), place);
    assert.equal(received.length, place === '/loop' ? 6 : 1, place);
    assert.equal(network.events.at(-1)?.name, 'egress-deny');
  }
});

test('the body of a redirect is not waited for', async (context) => {
  const { network, proxy } = await hosts(context, (request, response) => {
    if (request.url === '/end') return;
    response.writeHead(302, { Location: '/end', 'Content-Length': 10_000_000 });
    response.write('x'.repeat(100_000));
  });
  assert.equal((await ask(network, proxy, get('http://api.example.com/'))).status, 200);
});

test('a host that is spoken to without TLS is no place for a redirect that leaves TLS', async (context) => {
  const network = createTestNetwork(context);
  await network.secure(here, (_request, response) => {
    response.writeHead(302, { Location: 'http://api.example.com:8080/' });
    response.end();
  });
  await network.plain('93.184.216.34:8080', (request, response) => {
    response.end(`plain ${request.headers.authorization ?? 'without'}`);
  });
  const request = get('http://api.example.com/', ['Authorization: Basic eDp5']);
  const closed = network.proxy({ hosts: ['api.example.com'] });
  assert.equal((await ask(network, closed, request)).status, 502);
  const open = network.proxy({ hosts: ['api.example.com', 'http://api.example.com:8080'] });
  assert.equal((await ask(network, open, request)).body, 'plain without');
});

test('after POST a redirect becomes GET without its body, unless its status keeps both', async (context) => {
  for (const [status, method, body] of [
    [303, 'GET', ''],
    [307, 'POST', '"a"'],
  ] as const) {
    const { network, received, proxy } = await hosts(context, to('/end', status));
    const request = post('http://api.example.com/', 'application/json', '"a"');
    assert.equal((await ask(network, proxy, request)).status, 200);
    assert.equal(received[1]?.method, method);
    assert.equal(received[1].body, body);
    assert.equal('content-type' in received[1].headers, body !== '');
  }
});

test('what one host was told does not come back from the next one', async (context) => {
  const echo: RequestListener = (request, response) => {
    if (request.headers.host === 'api.example.com')
      response.writeHead(302, { Location: 'https://other.example.com/end' });
    else response.write(`leaked: ${value}`);
  };
  const { network, proxy } = await hosts(context, echo);
  const { body } = await ask(network, proxy, get('http://api.example.com/', bearer));
  assert.equal(body, 'leaked: {{secret:key}}');
});

test('methods, repeated fields and empty bodies arrive as they were sent', async (context) => {
  const { network, received, proxy } = await hosts(context);
  const requests: readonly (readonly [string, string[]])[] = [
    ['PROPFIND', ['Depth: 1', 'Content-Length: 0']],
    ['POST', []],
    ['GET', ['X: 1', 'X: 2', 'Connection: x-hop', 'X-Hop: 1']],
  ];
  for (const [method, fields] of requests) {
    const request = get('http://api.example.com/', fields).replace('GET', method);
    assert.equal((await ask(network, proxy, request)).status, 200, method);
  }
  const [propfind, empty, plain] = received;
  assert.equal(propfind?.method, 'PROPFIND');
  assert.equal(empty?.headers['content-length'], '0');
  assert.equal(plain?.headers['x'], '1, 2');
  assert.ok(!('x-hop' in plain.headers));
  assert.ok(!('content-length' in plain.headers) && !('transfer-encoding' in plain.headers));
});
