import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { createHastyClock, startModelServer } from '@opencomputer/testkit';
import { createTransport } from './transport.ts';

const far = 20_000_000;
const limits = {
  connectMsMax: far,
  firstByteMsMax: far,
  idleMsMax: far,
  attemptMsMax: far,
  answerBytesMax: 100_000,
};
const clock = createHastyClock();
const transport = createTransport({ clock, limits });
const servers: Server[] = [];
after(() => {
  transport.close();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a body goes out and comes back whole, whatever its characters', async () => {
  const url = await serve((request, response) => request.pipe(response));
  const body = `${'Grüße, 日本 👋 '.repeat(2_000)}end`;
  const response = await transport.fetch(url, { method: 'POST', body, headers: { a: 'b' } });
  assert.equal(response.status, 200);
  assert.equal(await response.text(), body);
});

test('many calls one after another use one connection', async () => {
  const server = await startModelServer([{ text: 'x' }]);
  for (let count = 0; count < 20; count += 1) {
    const init = { method: 'POST', body: '{"stream":true}' };
    await (await transport.fetch(`${server.url}/chat/completions`, init)).text();
  }
  assert.equal(server.connections.opened, 1);
  transport.close();
  await server.close();
});

test('as many calls as turns run reach the model at the same time', async () => {
  const callers = 320;
  const waiting: (() => void)[] = [];
  const url = await serve((_request, response) => {
    waiting.push(() => response.end('ok'));
    // Were one of them kept back, none would be answered.
    if (waiting.length === callers) for (const answer of waiting) answer();
  });
  const calls = Array.from({ length: callers }, () => transport.fetch(url, { method: 'POST' }));
  const answers = await Promise.all(calls);
  assert.equal(answers.filter(({ status }) => status === 200).length, callers);
  await Promise.all(answers.map((answer) => answer.text()));
});

test('a kept connection that the server has closed is replaced unseen', async () => {
  let requests = 0;
  const url = await serve((request, response) => {
    requests += 1;
    if (requests === 2) request.socket.destroy();
    else response.end('ok');
  });
  assert.equal(await (await transport.fetch(url)).text(), 'ok');
  assert.equal(await (await transport.fetch(url)).text(), 'ok');
  assert.equal(requests, 3);
});

test('a refused connection and an unknown name are errors of the network', async () => {
  const server = await startModelServer([]);
  await server.close();
  await assert.rejects(transport.fetch(server.url), { code: 'ECONNREFUSED' });
  await assert.rejects(transport.fetch('http://nowhere.invalid/'), (error: Error) =>
    /ENOTFOUND|EAI_AGAIN/.test((error as NodeJS.ErrnoException).code ?? ''),
  );
});

test('TLS to a server that speaks none is an error of the network', async () => {
  const url = await serve((_request, response) => response.end());
  await assert.rejects(transport.fetch(url.replace('http:', 'https:')), (error: Error) =>
    /SSL|EPROTO|ECONNRESET/.test((error as NodeJS.ErrnoException).code ?? ''),
  );
});

test('a connection that does not open ends at its limit', async () => {
  const slow = createTransport({ clock, limits: { ...limits, connectMsMax: 30_000 } });
  // 192.0.2.0/24 is kept for documentation: nobody answers (RFC 5737). Without a route it fails at once.
  await assert.rejects(slow.fetch('http://192.0.2.1/'), (error: Error) =>
    /MODEL_TIMEOUT|ENETUNREACH|EHOSTUNREACH|ECONNREFUSED/.test(
      (error as NodeJS.ErrnoException).code ?? '',
    ),
  );
  slow.close();
});

test('the signal ends a call that waits and one that reads', async () => {
  const url = await serve((request, response) => {
    if (request.url === '/read') response.write('first');
  });
  const waiting = new AbortController();
  const wait = transport.fetch(`${url}/wait`, { signal: waiting.signal });
  setImmediate(() => waiting.abort());
  await assert.rejects(wait, { name: 'AbortError' });
  const reading = new AbortController();
  const response = await transport.fetch(`${url}/read`, { signal: reading.signal });
  reading.abort();
  await assert.rejects(response.text(), { name: 'AbortError' });
  await assert.rejects(transport.fetch(url, { signal: AbortSignal.abort() }), {
    name: 'AbortError',
  });
});

test('an answer is cut off at the bound, announced or not', async () => {
  const announced = await serve((_request, response) => {
    response.setHeader('content-length', 200_000);
    response.write('x');
  });
  await assert.rejects(transport.fetch(announced), { code: 'MODEL_TOO_LONG' });
  const counted = await serve((_request, response) => {
    response.write('x');
    response.end('x'.repeat(200_000));
  });
  const response = await transport.fetch(counted);
  await assert.rejects(response.text(), { code: 'MODEL_TOO_LONG' });
});

test('a reader that is slow makes the server wait, not the memory grow', async () => {
  const sent = { bytes: 0 };
  const url = await serve((_request, response) => {
    const step = (): void => {
      while (sent.bytes < 80_000_000 && response.write(Buffer.alloc(64 * 1024))) {
        sent.bytes += 64 * 1024;
      }
      response.once('drain', step);
    };
    step();
  });
  const roomy = createTransport({ clock, limits: { ...limits, answerBytesMax: 100_000_000 } });
  const response = await roomy.fetch(url);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(sent.bytes < 40_000_000, `${sent.bytes} bytes were taken`);
  await reader.cancel();
  roomy.close();
});

test('an answer without a body, and a reader that leaves, end the exchange', async () => {
  const url = await serve((request, response) => {
    response.statusCode = request.url === '/none' ? 204 : 200;
    response.end('x');
  });
  assert.equal((await transport.fetch(`${url}/none`)).body, null);
  const response = await transport.fetch(url);
  await response.body?.cancel();
});

test('other protocols are refused', async () => {
  await assert.rejects(transport.fetch('file:///etc/hosts'), TypeError);
});

test('a proxy of the environment is used, except where NO_PROXY says', async () => {
  const seen: string[] = [];
  const proxy = await serve((request, response) => {
    seen.push(request.url ?? '');
    response.end('from the proxy');
  });
  const direct = await serve((_request, response) => response.end('direct'));
  const environment = { HTTP_PROXY: proxy, NO_PROXY: '127.0.0.1' };
  const proxied = createTransport({ clock, limits, environment });
  assert.equal(await (await proxied.fetch(direct)).text(), 'direct');
  const answer = await proxied.fetch('http://models.example/v1');
  assert.equal(await answer.text(), 'from the proxy');
  assert.deepEqual(seen, ['http://models.example/v1']);
  proxied.close();
});
