import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { createFakeClock } from '@opencomputer/testkit';
import { ask, createTestNetwork, get } from './fixtures/network.ts';
import type { EgressProxyOptions } from './index.ts';

const value = 'sk-live-0123456789';
const url = 'http://api.example.com/';

async function host(
  context: TestContext,
  listener: RequestListener,
  options: Partial<EgressProxyOptions> = {},
) {
  const network = createTestNetwork(context);
  await network.secure('93.184.216.34:443', listener);
  const proxy = network.proxy({
    secrets: [{ name: 'key', hosts: ['api.example.com'] }],
    secret: async () => value,
    ...options,
  });
  return { network, proxy };
}

test('a host that says everything it hears says no secret', async (context) => {
  const { network, proxy } = await host(context, (request, response) => {
    response.writeHead(200, `status ${value}`, {
      'X-Echo': String(request.headers['x-key']),
      'Set-Cookie': [`a=${value}`, 'b=1'],
      [`X-${value}`]: '1',
      'Content-Type': 'application/json',
    });
    const json = JSON.stringify(request.headers);
    response.end(json + Buffer.from(json).toString('base64') + Buffer.from(json).toString('hex'));
  });
  const answer = await ask(network, proxy, get(url, ['X-Key: {{secret:key}}']));
  assert.equal(answer.status, 200);
  const whole = answer.head + answer.body;
  for (const encoding of ['utf8', 'base64', 'hex'] as const)
    assert.ok(!whole.includes(Buffer.from(value).toString(encoding).slice(0, -4)), encoding);
  assert.match(answer.head, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(answer.head, /X-Echo: \{\{secret:key\}\}/);
  assert.match(answer.head, /Set-Cookie: a=\{\{secret:key\}\}\r\nSet-Cookie: b=1/);
  assert.match(answer.body, /"x-key":"\{\{secret:key\}\}"/);
});

test('an answer that is compressed all the same is looked into', async (context) => {
  const text = `before ${value} after`;
  const codings = {
    gzip: gzipSync(text),
    'x-gzip': gzipSync(text),
    deflate: deflateSync(text),
    br: brotliCompressSync(text),
    zstd: zstdCompressSync(text),
    identity: Buffer.from(text),
  };
  for (const [coding, bytes] of Object.entries(codings)) {
    const { network, proxy } = await host(context, (_request, response) => {
      response.writeHead(200, { 'Content-Encoding': coding, 'Content-Length': bytes.length });
      response.end(bytes);
    });
    const { body, head } = await ask(network, proxy, get(url, ['Accept-Encoding: gzip']));
    assert.equal(body, 'before {{secret:key}} after', coding);
    assert.doesNotMatch(head, /content-encoding|content-length/i);
  }
});

test('what cannot be looked into is refused', async (context) => {
  for (const coding of ['compress', 'gzip, br', 'gzip, gzip', 'xyz']) {
    const { network, proxy } = await host(context, (_request, response) => {
      response.writeHead(200, { 'Content-Encoding': coding });
      response.end(value);
    });
    const { status, body } = await ask(network, proxy, get(url));
    assert.equal(status, 502, coding);
    assert.match(body, /^\{"code":"EGRESS_UPSTREAM"/);
  }
});

test('without secrets of the host an answer passes as it is', async (context) => {
  const bytes = gzipSync('text');
  const listener: RequestListener = (request, response) => {
    assert.equal(request.headers.range, 'bytes=0-3');
    response.writeHead(206, { 'Content-Encoding': 'gzip', 'Content-Length': bytes.length });
    response.end(bytes);
  };
  const { network, proxy } = await host(context, listener, { secrets: [] });
  const { status, body } = await ask(network, proxy, get(url, ['Range: bytes=0-3']));
  assert.equal(status, 206);
  assert.equal(body, bytes.toString('latin1'));
});

test('answers are bounded, as they are announced, as they come and as they unpack', async (context) => {
  const limits = { responseBytesMax: 100_000 };
  const announced: RequestListener = (_request, response) => {
    response.writeHead(200, { 'Content-Length': 100_001 });
    response.write('x');
  };
  const first = await host(context, announced, { limits });
  const refused = await ask(first.network, first.proxy, get(url));
  assert.equal(refused.status, 502);
  assert.match(refused.body, /^\{"code":"EGRESS_LIMIT"/);

  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const unpacking: RequestListener = (_request, response) => {
    response.writeHead(200, { 'Content-Encoding': 'gzip' });
    response.end(bomb);
  };
  const endless: RequestListener = (_request, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(10_000)));
    };
    response.on('drain', more);
    response.on('error', () => undefined);
    more();
  };
  for (const listener of [unpacking, endless]) {
    const { network, proxy } = await host(context, listener, { limits });
    const socket = await network.client(proxy);
    socket.write(get(url));
    let length = 0;
    socket.on('data', (chunk: Buffer) => {
      length += chunk.length;
    });
    let end = '';
    socket.on('data', (chunk: Buffer) => {
      end = chunk.subarray(-5).toString();
    });
    await Promise.race([once(socket, 'end'), once(socket, 'close')]);
    assert.ok(length <= 102_000, `${length} bytes`);
    assert.notEqual(end, '0\r\n\r\n', 'it was cut off, and the plugin can tell');
  }
});

test('a plugin that does not read holds back the host, and is not waited for without end', async (context) => {
  let written = 0;
  const clock = createFakeClock();
  const begun = Promise.withResolvers<void>();
  const listener: RequestListener = (_request, response) => {
    const more = (): void => {
      let isReady = true;
      while (isReady && written < 60_000_000) {
        isReady = response.write(Buffer.alloc(1_000_000));
        written += 1_000_000;
      }
      if (written === 60_000_000) response.end();
    };
    response.on('drain', more);
    response.on('error', () => undefined);
    begun.resolve();
    more();
  };
  const { network, proxy } = await host(context, listener, { clock, limits: { idleMsMax: 1_000 } });
  const socket = await network.client(proxy);
  socket.pause();
  socket.write(get(url));
  await begun.promise;
  // a millisecond for each turn of the loop: what still moves has had a thousand turns
  while (clock.waits.some((ms) => ms <= 1_000)) {
    clock.forward(1);
    await new Promise(setImmediate);
  }
  assert.ok(written < 60_000_000, `${written} bytes were taken`);
});

test('events come through one by one, also where secrets are looked for', async (context) => {
  const listener = Promise.withResolvers<Parameters<RequestListener>[1]>();
  const { network, proxy } = await host(context, (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.flushHeaders();
    listener.resolve(response);
  });
  const socket = await network.client(proxy);
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  socket.write(get(url));
  const response = await listener.promise;
  for (const event of ['data: one\n\n', `data: ${value}\n\n`, 'data: three\n\n']) {
    response.write(event);
    const shown = event.replace(value, '{{secret:key}}');
    while (!text.includes(shown)) await once(socket, 'data');
  }
});

test('answers without a body have none, and keep their length', async (context) => {
  const { network, proxy } = await host(context, (request, response) => {
    response.writeHead(request.method === 'HEAD' ? 200 : 204, { 'X-Key': value });
    response.end();
  });
  const head = await ask(network, proxy, get(url).replace('GET', 'HEAD'));
  assert.equal(head.status, 200);
  assert.equal(head.body, '');
  const none = await ask(network, proxy, get(url));
  assert.equal(none.status, 204);
  assert.match(none.head, /X-Key: \{\{secret:key\}\}/);
});
