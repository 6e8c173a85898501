import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { Agent, request as openRequest } from 'node:http';
import { once } from 'node:events';
import type { StreamPart } from '@opencomputer/contracts';
import type { AgentService } from '@opencomputer/contracts/internal';
import { createGateway, drainMsMax } from './gateway.ts';
import {
  apiKey,
  ask,
  message,
  saying,
  scriptedService,
  serve,
} from './fixtures/scripted-service.ts';
import { bodyBytesMax } from './wire.ts';

function codeOf({ text }: { text: string }): unknown {
  const { error, code } = JSON.parse(text) as { error?: { code: string }; code?: string };
  return error?.code ?? code;
}

/** A turn that ends when told to. */
function held(): {
  parts: () => AsyncGenerator<StreamPart>;
  started: Promise<void>;
  end: () => void;
} {
  const started = Promise.withResolvers<void>();
  const ending = Promise.withResolvers<void>();
  async function* parts(): AsyncGenerator<StreamPart> {
    const [start, ...rest] = saying('Hello');
    if (start) yield start;
    started.resolve();
    await ending.promise;
    yield* rest;
  }
  return { parts, started: started.promise, end: () => ending.resolve() };
}

test('the port wants the key, a name of this machine and no foreign page', async (context) => {
  const service = scriptedService();
  const served = await serve(context, service);
  const attacks: [Record<string, string>, number, string][] = [
    [{ authorization: '' }, 401, 'UNAUTHORISED'],
    [{ authorization: 'Bearer wrong' }, 401, 'UNAUTHORISED'],
    [{ host: 'evil.example' }, 400, 'INPUT_INVALID'],
    [{ host: `evil.example:${new URL(served.url).port}` }, 400, 'INPUT_INVALID'],
    [{ origin: 'https://evil.example' }, 403, 'ORIGIN_REFUSED'],
    [{ origin: 'null' }, 403, 'ORIGIN_REFUSED'],
  ];
  for (const [headers, status, code] of attacks) {
    for (const path of ['/v1/chat/completions', '/nothing', '/internal/stop']) {
      const answer = await ask(served, { path, headers, body: message('hi') });
      assert.deepEqual([answer.status, codeOf(answer)], [status, code], JSON.stringify(headers));
    }
  }
  const { headers } = await ask(served, { headers: { authorization: '' } });
  assert.equal(headers['www-authenticate'], 'Bearer');
  assert.deepEqual(service.sent, []);
});

test('counts are text for Prometheus, on the port for whoever has the key', async (context) => {
  const text = '# TYPE plugin_calls_total counter\n';
  const answers = { metrics: { text } } as Record<string, unknown>;
  const query = (async (name: string) => answers[name]) as AgentService['query'];
  const served = await serve(context, scriptedService({ query }));
  const answer = await ask(served, { path: '/metrics', method: 'GET' });
  assert.deepEqual([answer.status, answer.text], [200, text]);
  assert.match(answer.headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/);
  const refused = await ask(served, {
    path: '/metrics',
    method: 'GET',
    headers: { authorization: '' },
  });
  assert.equal(refused.status, 401);
});

test('a request line that names another machine reaches nothing', async (context) => {
  const service = scriptedService();
  const served = await serve(context, service);
  for (const path of ['http://evil.example/v1/chat/completions', '*', '//evil.example/v1', '/%']) {
    const answer = await ask(served, { path, body: message('hi') });
    assert.ok(answer.status === 404 || answer.status === 400, `${path}: ${answer.status}`);
    assert.match(String(codeOf(answer)), /ROUTE_UNKNOWN|INPUT_INVALID/);
  }
  assert.deepEqual(service.sent, []);
});

test('internal routes do not exist on the port, however their path is written', async (context) => {
  const stopped: string[] = [];
  const served = await serve(context, scriptedService(), { onStop: () => stopped.push('stop') });
  for (const path of ['/internal/stop', '/%69nternal/stop', '/internal/%73top', '/internal/send']) {
    const answer = await ask(served, { path, body: {} });
    assert.deepEqual([answer.status, codeOf(answer)], [404, 'ROUTE_UNKNOWN'], path);
  }
  assert.deepEqual(stopped, []);
});

test('the socket file needs no key and is closed to others', async (context) => {
  const served = await serve(context, scriptedService());
  const answer = await ask(served, { body: message('hi'), local: true });
  assert.equal(answer.status, 200);
  assert.equal(statSync(served.socketPath).mode & 0o777, 0o600);
});

test('without a port only the socket file is served', async (context) => {
  const { gateway, socketPath } = await serve(context, scriptedService());
  assert.match(gateway.url ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.ok(existsSync(socketPath));
  const folder = join(socketPath, '..');
  const alone = await createGateway({
    service: scriptedService(),
    socketPath: join(folder, 'alone.sock'),
    apiKey,
    version: '1.2.3',
    person: 'owner',
    timeZone: 'UTC',
    conversationFor: (user) => user,
    clock: { now: () => 0, monotonic: () => 0, after: () => () => undefined },
    identifiers: () => 'id',
    onStop: () => undefined,
    onFault: () => undefined,
  });
  assert.equal('url' in alone, false);
  await alone.close();
  assert.equal(existsSync(join(folder, 'alone.sock')), false);
});

test('a port that is taken leaves no socket file behind', async (context) => {
  const served = await serve(context, scriptedService());
  const { port } = new URL(served.url);
  const socketPath = `${served.socketPath}2`;
  const second = serve(context, scriptedService(), { port: Number(port), socketPath });
  await assert.rejects(second, { code: 'PORT_TAKEN' });
  assert.equal(existsSync(socketPath), false);
});

test('a body over the limit is refused in words that its sender can read', async (context) => {
  const service = scriptedService();
  const served = await serve(context, service);
  const exact = JSON.stringify(message(''));
  const largest = JSON.stringify(message('x'.repeat(bodyBytesMax - exact.length)));
  assert.equal((await ask(served, { body: largest })).status, 200);
  for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
    for (const bytes of [bodyBytesMax + 1, 10 * 1024 * 1024]) {
      const answer = await ask(served, { body: Buffer.alloc(bytes, 'x'), headers });
      assert.deepEqual([answer.status, codeOf(answer)], [413, 'INPUT_TOO_LARGE']);
    }
  }
  assert.equal(service.sent.length, 1);
});

test('a sender that is told early that its body is too large may finish and go on', async (context) => {
  const served = await serve(context, scriptedService());
  const socket = connect(Number(new URL(served.url).port), '127.0.0.1').setEncoding('utf8');
  const head = (length: number): string =>
    `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${apiKey}\r\n` +
    `content-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
  socket.write(head(bodyBytesMax + 1));
  assert.match(String(await once(socket, 'data')), /^HTTP\/1\.1 413 /);
  socket.write('x'.repeat(bodyBytesMax + 1));
  const body = JSON.stringify(message('hi'));
  socket.write(head(body.length) + body);
  assert.match(String(await once(socket, 'data')), /^HTTP\/1\.1 200 /);
  socket.destroy();
});

test('a body that is no JSON, no UTF-8, empty or of another type is refused', async (context) => {
  const service = scriptedService();
  const served = await serve(context, service);
  const bodies: [string | Buffer, Record<string, string>, string][] = [
    ['{"messages":', {}, 'INPUT_INVALID'],
    ['', {}, 'INPUT_INVALID'],
    [Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), {}, 'INPUT_ENCODING'],
    ['a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 'INPUT_INVALID'],
    ['{}', { 'content-type': 'text/plain' }, 'INPUT_INVALID'],
    ['[]', {}, 'INPUT_INVALID'],
    ['{"__proto__":{"messages":[]}}', {}, 'INPUT_INVALID'],
  ];
  for (const [body, headers, code] of bodies) {
    const answer = await ask(served, { body, headers });
    assert.equal(codeOf(answer), code, String(body));
    assert.ok(answer.status >= 400 && answer.status < 500);
  }
  const unknown = await ask(served, { path: '/v1/nothing' });
  assert.deepEqual([unknown.status, codeOf(unknown)], [404, 'ROUTE_UNKNOWN']);
  assert.deepEqual([service.sent, served.faults], [[], []]);
});

test('broken requests do not harm the next one', async (context) => {
  const served = await serve(context, scriptedService());
  const { hostname, port } = new URL(served.url);
  for (const nonsense of [
    'GET\r\n\r\n',
    `GET / HTTP/1.1\r\n${'x: y\r\n'.repeat(9000)}\r\n`,
    '\0\0',
  ]) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined).end(nonsense);
    socket.resume();
    await once(socket, 'close');
  }
  assert.equal((await ask(served, { body: message('hi') })).status, 200);
});

test('a stop refuses new requests, waits for the running one, and then closes', async (context) => {
  const turn = held();
  const served = await serve(context, scriptedService({ send: turn.parts }));
  const running = ask(served, { body: message('hi', { stream: true }) });
  await turn.started;
  const closing = served.gateway.close();
  for (const local of [false, true]) {
    const headers = { connection: 'keep-alive' };
    const refused = await ask(served, { body: message('hi'), headers, local });
    assert.deepEqual([refused.status, codeOf(refused)], [503, 'SERVICE_STOPPING']);
    assert.equal(refused.headers['retry-after'], '5');
    assert.equal(refused.headers.connection, 'close');
  }
  turn.end();
  assert.match((await running).text, /Hello.*\[DONE\]/s);
  await closing;
  assert.equal(existsSync(served.socketPath), false);
  await assert.rejects(ask(served, { body: message('hi') }), { code: 'ECONNREFUSED' });
  assert.equal(served.gateway.close(), served.gateway.close());
});

test('a stop ends what still runs after its time, and cancels nothing', async (context) => {
  const turn = held();
  const service = scriptedService({ send: turn.parts });
  const served = await serve(context, service);
  const streamed = ask(served, { body: message('hi', { stream: true }) });
  await turn.started;
  const plain = ask(served, { body: message('hi') });
  const closing = served.gateway.close();
  const late = await ask(served, { body: message('late') });
  assert.equal(late.status, 503);
  assert.ok(served.clock.pass(drainMsMax));
  assert.match((await streamed).text, /"code":"SERVICE_STOPPING"\}\}\n\ndata: \[DONE\]\n\n$/);
  const answer = await plain;
  assert.deepEqual([answer.status, codeOf(answer)], [503, 'SERVICE_STOPPING']);
  await closing;
  assert.deepEqual(service.acted, []);
  turn.end();
});

test('a hundred turns over one kept connection are all answered', async (context) => {
  const served = await serve(context, scriptedService());
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { hostname, port } = new URL(served.url);
  const ports = new Set<number | undefined>();
  for (let count = 0; count < 100; count += 1) {
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
    const path = '/v1/chat/completions';
    const request = openRequest({ hostname, port, path, method: 'POST', agent, headers });
    request.end(JSON.stringify(message('hi')));
    const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream];
    ports.add(request.socket?.localPort);
    response.resume();
    await once(response, 'end');
  }
  agent.destroy();
  assert.equal(ports.size, 1);
});
