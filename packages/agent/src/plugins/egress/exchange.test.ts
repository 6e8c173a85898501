import assert from 'node:assert/strict';
import { createServer } from 'node:tls';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createAuthority } from './fixtures/certificate.ts';
import { ask, createTestNetwork, get } from './fixtures/network.ts';
import type { TestNetwork } from './fixtures/network.ts';

const here = '93.184.216.34:443';
const request = get('http://api.example.com/');

/** A host that says exactly this to every request. */
async function saying(context: TestContext, text: string): Promise<TestNetwork> {
  const network = createTestNetwork(context);
  const { certificate: cert, key } = network.authority.issue(['*.example.com']);
  const server = createServer({ cert, key }, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(text, 'latin1'));
  });
  await network.serve(here, server);
  return network;
}

test('a certificate must be of the host, in its time, by a trusted authority, for TLS 1.2 on', async (context) => {
  const cases = [
    [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      (network: TestNetwork) => network.authority.issue(['evil.com']),
    ],
    [
      'CERT_HAS_EXPIRED',
      (network: TestNetwork) => network.authority.issue(['*.example.com'], 2001),
    ],
    ['CERT_SIGNATURE_FAILURE', () => createAuthority().issue(['*.example.com'])],
  ] as const;
  for (const [problem, issue] of cases) {
    const network = createTestNetwork(context);
    await network.secure(here, () => assert.fail('a request was sent'), issue(network));
    const { status, body } = await ask(network, network.proxy({}), request);
    assert.equal(status, 502);
    assert.match(body, new RegExp(`EGRESS_UPSTREAM.*${problem}`));
  }
});

test('an address is certified as an address', async (context) => {
  const network = createTestNetwork(context);
  const own = network.authority.issue(['93.184.216.34']);
  await network.secure(here, (_request, response) => response.end('own'), own);
  const proxy = network.proxy({ hosts: ['*'] });
  assert.equal((await ask(network, proxy, get('http://93.184.216.34/'))).body, 'own');
  assert.match((await ask(network, proxy, request)).body, /ALTNAME_INVALID/);
});

test('an answer that could be read in two ways, switches protocols or is none is refused', async (context) => {
  const answers = [
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nX: a\r\n folded\r\n\r\n',
    'HTTP/1.1 200 OK\r\nX : a\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
    `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`,
    'SSH-2.0-OpenSSH_9.7\r\n',
    '',
  ];
  for (const text of answers) {
    const network = await saying(context, text);
    const { status, body } = await ask(network, network.proxy({}), request);
    assert.equal(status, 502, JSON.stringify(text.slice(0, 80)));
    assert.match(body, /^\{"code":"EGRESS_UPSTREAM"/);
  }
});

test('an answer that breaks off reaches the plugin as broken off', async (context) => {
  const texts = [
    'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nbegun',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n',
  ];
  for (const text of texts) {
    const network = await saying(context, text);
    const { status, body, head } = await ask(network, network.proxy({}), request);
    assert.equal(status, 200);
    assert.equal(body, 'begun');
    assert.match(head, /content-length: 50|transfer-encoding: chunked/i);
  }
});

test('hints before an answer are not passed on', async (context) => {
  const text =
    'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  const network = await saying(context, text);
  const { body, head } = await ask(network, network.proxy({}), request);
  assert.equal(body, 'ok');
  assert.doesNotMatch(head, /Link|103/);
});
