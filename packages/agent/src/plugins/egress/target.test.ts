import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { ask, createTestNetwork, get, parseAnswer, readAll } from './fixtures/network.ts';

/** What is sent, and the code of the refusal. */
const refusals: readonly (readonly [request: string, code: string])[] = [
  // forms of the target
  ['GET / HTTP/1.1\r\nHost: api.example.com\r\n\r\n', 'EGRESS_REQUEST'],
  ['OPTIONS * HTTP/1.1\r\nHost: api.example.com\r\n\r\n', 'EGRESS_REQUEST'],
  ['GET ftp://api.example.com/ HTTP/1.1\r\nHost: api.example.com\r\n\r\n', 'EGRESS_REQUEST'],
  ['GET file:///etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n', 'EGRESS_REQUEST'],
  ['GET http:///x HTTP/1.1\r\nHost: x\r\n\r\n', 'EGRESS_REQUEST'],
  ['GET http://api.example.com/#x HTTP/1.1\r\nHost: api.example.com\r\n\r\n', 'EGRESS_REQUEST'],
  ['GET http://api.example.com/ HTTP/1.1\r\n\r\n', 'EGRESS_REQUEST'],
  // hosts that two readers could take differently
  [
    get('http://api.example.com/').replaceAll('api.example.com', 'x@evil.com'),
    'EGRESS_HOST_INVALID',
  ],
  [line('http://api.example.com@evil.com/'), 'EGRESS_HOST_INVALID'],
  [line('http://evil.com\\@api.example.com/'), 'EGRESS_REQUEST'],
  [line('http://api.example.com%00.evil.com/'), 'EGRESS_HOST_INVALID'],
  [line('http://api.example.com\0.evil.com/'), 'EGRESS_REQUEST'],
  [line('http://api.example.com\u00a0.evil.com/'), 'EGRESS_REQUEST'],
  [line('http://api.example.com:80:443/'), 'EGRESS_HOST_INVALID'],
  [line('http://api.example.com:99999/'), 'EGRESS_HOST_INVALID'],
  [line('http://[::1%25lo]/'), 'EGRESS_HOST_INVALID'],
  [get('http://127.0.0.1/'), 'EGRESS_HOST'],
  // Host says something else
  ['GET http://api.example.com/ HTTP/1.1\r\nHost: evil.com\r\n\r\n', 'EGRESS_REQUEST'],
  ['GET http://api.example.com/ HTTP/1.1\r\nHost: api.example.com:81\r\n\r\n', 'EGRESS_REQUEST'],
  [get('http://api.example.com/', ['Host: api.example.com']), 'EGRESS_REQUEST'],
  // smuggling
  [get('http://api.example.com/', ['Content-Length: 1', 'Content-Length: 1']), 'EGRESS_REQUEST'],
  [
    get('http://api.example.com/', ['Content-Length: 4', 'Transfer-Encoding: chunked']),
    'EGRESS_REQUEST',
  ],
  [get('http://api.example.com/', ['Transfer-Encoding: chunked, identity']), 'EGRESS_REQUEST'],
  [get('http://api.example.com/', ['Transfer-Encoding: xchunked']), 'EGRESS_REQUEST'],
  [get('http://api.example.com/', ['Transfer-Encoding : chunked']), 'EGRESS_REQUEST'],
  [get('http://api.example.com/', ['Content-Length: +1']), 'EGRESS_REQUEST'],
  [get('http://api.example.com/', ['Content-Length: 0x1']), 'EGRESS_REQUEST'],
  [get('http://api.example.com/', ['X: a', ' folded: b']), 'EGRESS_REQUEST'],
  [get('http://api.example.com/', ['X: a\0b']), 'EGRESS_REQUEST'],
  [get('http://api.example.com/', ['X: a\rY: b']), 'EGRESS_REQUEST'],
  [get('http://api.example.com/').replaceAll('\r\n', '\n'), 'EGRESS_REQUEST'],
  [`${get('http://api.example.com/', [`X: ${'x'.repeat(40_000)}`])}`, 'EGRESS_REQUEST'],
  // what goes another way, or not at all
  [get('http://api.example.com/', ['Upgrade: websocket']), 'EGRESS_REQUEST'],
  [get('http://api.example.com/').replace('GET', 'TRACE'), 'EGRESS_REQUEST'],
  ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'EGRESS_REQUEST'],
  ['\x16\x03\x01\x02\x00\x01\x00', 'EGRESS_REQUEST'],
  [get('http://api.example.com/{{secret:key}}'), 'EGRESS_SECRET'],
  [get('http://api.example.com/?x=%7b%7bsecret:key}}'), 'EGRESS_SECRET'],
  // tunnels
  ['CONNECT api.example.com HTTP/1.1\r\nHost: api.example.com\r\n\r\n', 'EGRESS_REQUEST'],
  ['CONNECT http://api.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n', 'EGRESS_HOST_INVALID'],
  [
    'CONNECT api.example.com:443/ HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n',
    'EGRESS_HOST_INVALID',
  ],
  [
    'CONNECT x@api.example.com:443 HTTP/1.1\r\nHost: api.example.com\r\n\r\n',
    'EGRESS_HOST_INVALID',
  ],
  ['CONNECT api.example.com:443 HTTP/1.1\r\nHost: evil.com:443\r\n\r\n', 'EGRESS_REQUEST'],
  ['CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:80\r\n\r\n', 'EGRESS_REQUEST'],
  [
    'CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: 1\r\n\r\nx',
    'EGRESS_REQUEST',
  ],
  ['CONNECT api.example.com:0443 HTTP/1.1\r\nHost: api.example.com\r\n\r\n', 'EGRESS_HOST_INVALID'],
  ['CONNECT api.example.com:22 HTTP/1.1\r\nHost: api.example.com:22\r\n\r\n', 'EGRESS_HOST'],
  ['CONNECT 127.0.0.1:443 HTTP/1.1\r\nHost: 127.0.0.1:443\r\n\r\n', 'EGRESS_HOST'],
  ['CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n', 'EGRESS_HOST'],
  ['CONNECT api.example.com\0:443 HTTP/1.1\r\nHost: api.example.com\r\n\r\n', 'EGRESS_REQUEST'],
];

/** A request whose Host cannot be made from the target. */
function line(url: string): string {
  return `GET ${url} HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\r\n`;
}

test(`${refusals.length} requests are refused, and nothing is resolved or dialled for them`, async (context) => {
  const network = createTestNetwork(context);
  const proxy = network.proxy({});
  for (const [request, code] of refusals) {
    const socket = await network.client(proxy);
    socket.end(request, 'latin1');
    const { status, body } = parseAnswer(await readAll(socket));
    const shown = JSON.stringify(request.slice(0, 90));
    assert.match(body, /^\{"code":"EGRESS_\w+","text":"[^"\\]+"\}$/, shown);
    assert.ok(status === 403 || status === 400, shown);
    assert.equal((JSON.parse(body) as { code: string }).code, code, `${shown} ${body}`);
  }
  assert.deepEqual(network.resolved, []);
  assert.deepEqual(network.dialled, []);
  assert.deepEqual(
    network.events.filter(({ name }) => name !== 'egress-deny'),
    [],
  );
  assert.ok(network.events.length >= refusals.length);
});

test('the host that was decided about is the one that is dialled, named and certified', async (context) => {
  const network = createTestNetwork(context);
  const seen: string[] = [];
  await network.secure('93.184.216.34:443', (request, response) => {
    const { servername } = request.socket as unknown as { servername: string };
    seen.push(`${request.headers.host} ${servername}`);
    response.end();
  });
  const proxy = network.proxy({});
  for (const spelling of ['API.EXAMPLE.COM', 'api.example.com.', 'Api.Example.Com.:80']) {
    const request = `GET http://${spelling}/ HTTP/1.1\r\nHost: ${spelling}\r\nConnection: close\r\n\r\n`;
    assert.equal((await ask(network, proxy, request)).status, 200, spelling);
  }
  assert.deepEqual(new Set(seen), new Set(['api.example.com api.example.com']));
  assert.deepEqual(new Set(network.resolved), new Set(['api.example.com']));
});

test('an offer of HTTP/2 is left unanswered, and a query without a path gets one', async (context) => {
  const network = createTestNetwork(context);
  await network.secure('93.184.216.34:443', (request, response) => {
    response.end(`${request.url} ${request.headers.upgrade ?? 'none'}`);
  });
  const proxy = network.proxy({});
  const fields = ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'];
  const answer = await ask(network, proxy, get('http://api.example.com?a=1', fields));
  assert.equal(answer.body, '/?a=1 none');
});

test('a connection serves one request after the other', async (context) => {
  const network = createTestNetwork(context);
  await network.secure('93.184.216.34:443', (request, response) => response.end(request.url));
  const socket = await network.client(network.proxy({}));
  for (const path of ['/one', '/two']) {
    socket.write(`GET http://api.example.com${path} HTTP/1.1\r\nHost: api.example.com\r\n\r\n`);
    let text = '';
    while (!text.endsWith(`\r\n\r\n${path}`) && !text.includes(`${path}\r\n0\r\n\r\n`)) {
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      text += chunk.toString();
    }
    assert.match(text, /^HTTP\/1.1 200/);
  }
});
