import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { PAGE_BYTES_MAX, REDIRECTS_MAX, fetchPage, readAddress } from './page-request.ts';
import type { FetchedPage, Network } from './page-request.ts';

const asked: { host: string; path: string }[] = [];
const server: Server = createServer((request, response) => {
  const path = request.url ?? '';
  asked.push({ host: request.headers.host ?? '', path });
  const to = /^\/to\/(.*)$/.exec(path)?.[1];
  if (to !== undefined) {
    response.writeHead(302, { location: decodeURIComponent(to) }).end();
  } else if (path === '/loop') {
    response.writeHead(301, { location: '/loop' }).end();
  } else if (path === '/zip') {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' });
    response.end(gzipSync('zipped'));
  } else if (path === '/bomb') {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end(gzipSync(Buffer.alloc(60_000_000)));
  } else if (path === '/broken') {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip');
  } else if (path === '/endless') {
    response.writeHead(200);
    const write = (): void => {
      while (response.write(Buffer.alloc(100_000, 'x')));
    };
    response.on('drain', write);
    write();
  } else if (path === '/silent') {
    response.writeHead(200).write('begun');
  } else if (path === '/reset') {
    request.socket.destroy();
  } else {
    response.writeHead(200, { 'content-type': 'text/plain' }).end(`at ${path}`);
  }
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
after(() => {
  server.closeAllConnections();
  server.close();
});

/** Every name leads to the server of this test; `inner.test` is said to be inside. */
const network: Network = {
  resolve: (host) => {
    if (host === 'gone.test') return Promise.resolve([]);
    if (host === 'mixed.test') return Promise.resolve(['127.0.0.1', '10.0.0.1']);
    return Promise.resolve([host === 'inner.test' ? '10.0.0.1' : '127.0.0.1']);
  },
  isAllowed: (address) => address === '127.0.0.1',
};

async function get(
  path: string,
  options: { host?: string; signal?: AbortSignal; limitMs?: number } = {},
): Promise<FetchedPage | { readonly refusal: string }> {
  const { host = 'page.test', signal = new AbortController().signal, ...more } = options;
  const url = readAddress(`http://${host}:${port}${path}`);
  assert.ok(!('refusal' in url));
  return fetchPage(url, { signal, network, ...more });
}

async function refusal(path: string, options: Parameters<typeof get>[1] = {}): Promise<string> {
  const found = await get(path, options);
  assert.ok('refusal' in found, JSON.stringify(found).slice(0, 200));
  return found.refusal;
}

function body(found: FetchedPage | { readonly refusal: string }): string {
  assert.ok(!('refusal' in found), JSON.stringify(found));
  return Buffer.from(found.body).toString();
}

test('web addresses are read, https by default, and others are refused', () => {
  const read = (text: string): string => {
    const url = readAddress(text);
    return 'refusal' in url ? 'refused' : url.href;
  };
  assert.equal(read('example.org/a?b#c'), 'https://example.org/a?b');
  assert.equal(read(' HTTP://Example.org '), 'http://example.org/');
  assert.equal(read('localhost:8080'), 'https://localhost:8080/');
  for (const text of [
    'file:///etc/passwd',
    'ftp://example.org',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://user:password@example.org',
    'https://',
    'not an address',
    `https://example.org/${'a'.repeat(5_000)}`,
  ]) {
    assert.equal(read(text), 'refused', text);
  }
});

test('a page is fetched from the checked address with its own name', async () => {
  assert.equal(body(await get('/hello')), 'at /hello');
  assert.equal(asked.at(-1)?.host, `page.test:${port}`);
});

test('what is not public is never asked, not even when only one of its addresses is not', async () => {
  const before = asked.length;
  for (const host of ['inner.test', 'mixed.test', '10.0.0.1', '[::1]', '0x7f.1', '2130706433']) {
    const found = await get('/secret', { host });
    if (!('refusal' in found)) assert.match(host, /^(?:0x7f\.1|2130706433)$/);
    else assert.match(found.refusal, /not on the public internet/);
  }
  assert.ok(asked.slice(before).every(({ host }) => host.startsWith('127.0.0.1')));
});

test('numbers that mean an address are checked as that address', async () => {
  for (const host of ['0x7f.1', '2130706433', '127.1', '0177.0.0.1']) {
    const url = readAddress(`http://${host}/`);
    assert.ok(!('refusal' in url) && url.hostname === '127.0.0.1', host);
    const found = await fetchPage(url, { signal: new AbortController().signal });
    assert.ok('refusal' in found && /not on the public internet/.test(found.refusal), host);
  }
});

test('redirects are followed and each one is checked anew', async () => {
  const next = `http://other.test:${port}/there`;
  const found = await get(`/to/${encodeURIComponent(next)}`);
  assert.equal(body(found), 'at /there');
  assert.ok(!('refusal' in found) && found.url === next);
  const inner = encodeURIComponent(`http://inner.test:${port}/secret`);
  assert.match(await refusal(`/to/${inner}`), /inner.test:\d+ is not on the public internet/);
  assert.match(await refusal(`/to/${encodeURIComponent('file:///etc/passwd')}`), /http and https/);
  const before = asked.length;
  assert.match(await refusal('/loop'), /redirects more than 5 times/);
  assert.equal(asked.length - before, REDIRECTS_MAX + 1);
});

test('compressed pages are read, damaged ones refused, bombs and endless ones cut', async () => {
  assert.equal(body(await get('/zip')), 'zipped');
  assert.match(await refusal('/broken'), /damaged/);
  for (const path of ['/bomb', '/endless']) {
    const found = await get(path);
    assert.ok(!('refusal' in found) && found.cut, path);
    assert.equal(found.body.length, PAGE_BYTES_MAX);
  }
});

test('silence, absent hosts and closed connections are refusals with the reason', async () => {
  assert.match(await refusal('/silent', { limitMs: 200 }), /did not answer within 0.2 s/);
  assert.match(await refusal('/x', { host: 'gone.test' }), /has no address/);
  assert.match(await refusal('/reset'), /cannot be reached: it closed the connection/);
});

test('cancelling ends the request', async () => {
  const controller = new AbortController();
  const running = get('/silent', { signal: controller.signal });
  await once(server, 'request');
  controller.abort();
  await assert.rejects(running);
});
