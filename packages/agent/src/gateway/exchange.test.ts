import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as openRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { AgentError } from '@opencomputer/contracts';
import { Exchange, stallMsMax } from './exchange.ts';
import { SteppedClock } from './fixtures/scripted-service.ts';

const format = {
  body: ({ code }: { code: string }): string => `body ${code}`,
  last: ({ code }: { code: string }): string => `last ${code}`,
};

interface Pair {
  readonly exchange: Exchange;
  readonly response: ServerResponse;
  readonly clock: SteppedClock;
  /** The head, as the reader got it; its body is not read yet. */
  readonly received: Promise<IncomingMessage>;
  readonly leave: () => void;
}

async function pair(context: TestContext): Promise<Pair> {
  const server = createServer().listen(0, '127.0.0.1');
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const request = openRequest({ host: '127.0.0.1', port, agent: false });
  request.on('error', () => undefined);
  const received = once(request, 'response').then(([message]) => message as IncomingMessage);
  received.catch(() => undefined);
  request.end();
  const [, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  const clock = new SteppedClock();
  const exchange = new Exchange(response, { clock, format });
  return { exchange, response, clock, received, leave: () => request.destroy() };
}

async function textOf(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of message.setEncoding('utf8')) text += piece as string;
  return text;
}

test('pieces written together leave as one chunk, and the end comes after them', async (context) => {
  const { exchange, response, received } = await pair(context);
  let writes = 0;
  const write = response.write.bind(response);
  response.write = (piece: string): boolean => {
    writes += 1;
    return write(piece);
  };
  exchange.head({});
  for (let count = 0; count < 100; count += 1) exchange.write(`${count} `);
  await new Promise(setImmediate);
  assert.equal(writes, 1);
  exchange.write('more ');
  exchange.end('end');
  const expected = `${Array.from({ length: 100 }, (_, count) => count).join(' ')} more end`;
  assert.equal(await textOf(await received), expected);
});

test('what was written is sent only when the connection has taken it', async (context) => {
  const { exchange, response } = await pair(context);
  exchange.head({});
  exchange.write('a piece');
  const { socket } = response;
  assert.ok(socket);
  // Nothing leaves while the connection is held.
  socket.cork();
  let isSent = false;
  const sent = exchange.sent().finally(() => (isSent = true));
  await new Promise(setImmediate);
  assert.equal(isSent, false);
  socket.uncork();
  assert.equal(await sent, true);
  exchange.end('the end');
  assert.equal(await exchange.sent(), true);
});

test('what a connection never took was not sent, and is not waited for longer', async (context) => {
  const { exchange, response, clock } = await pair(context);
  exchange.head({});
  exchange.write('a piece');
  response.socket?.cork();
  const sent = exchange.sent();
  assert.ok(clock.pass(stallMsMax));
  assert.equal(await sent, false);
});

test('a reader that does not read is waited for, then continues', async (context) => {
  const { exchange, received } = await pair(context);
  exchange.head({});
  const piece = 'x'.repeat(64 * 1024);
  let sent = 0;
  let waiting: Promise<void> | undefined;
  while (waiting === undefined && sent < 1000) {
    exchange.write(piece);
    sent += 1;
    await new Promise(setImmediate);
    waiting = exchange.caughtUp();
  }
  assert.ok(waiting !== undefined, 'writing 64 MB to nobody never had to wait');
  const reading = received.then(textOf);
  await waiting;
  exchange.end();
  assert.equal((await reading).length, sent * piece.length);
});

test('a reader that stalls is cut off after the time limit', async (context) => {
  const { exchange, clock, response } = await pair(context);
  exchange.head({});
  let waiting: Promise<void> | undefined;
  while (waiting === undefined) {
    exchange.write('x'.repeat(64 * 1024));
    waiting = exchange.caughtUp();
  }
  let left = false;
  exchange.onLeave(() => (left = true));
  assert.ok(clock.pass(stallMsMax));
  await waiting;
  assert.ok(response.destroyed && left && exchange.left);
});

test('leaving is told once, also to who asks late, and writing then does nothing', async (context) => {
  const { exchange, response, received, leave } = await pair(context);
  exchange.head({}, true);
  await received;
  let told = 0;
  exchange.onLeave(() => (told += 1));
  const closed = once(response, 'close');
  leave();
  await closed;
  assert.equal(told, 1);
  exchange.onLeave(() => (told += 1));
  assert.equal(told, 2);
  exchange.write('x');
  exchange.end('y');
  exchange.fail(new AgentError('INPUT_EMPTY'));
  assert.equal(exchange.caughtUp(), undefined);
});

test('a reader that leaves after the end is not told of', async (context) => {
  const { exchange, response, received } = await pair(context);
  exchange.onLeave(() => assert.fail('left'));
  const closed = once(response, 'close');
  exchange.answer('{}');
  assert.equal(await textOf(await received), '{}');
  await closed;
  assert.equal(exchange.left, false);
});

test('an error has its status before the head and ends the stream after it', async (context) => {
  const before = await pair(context);
  before.exchange.fail(new AgentError('SERVICE_BUSY', { retryAfterSeconds: 2.5 }), {
    'x-more': '1',
  });
  before.exchange.fail(new AgentError('INPUT_EMPTY'));
  const message = await before.received;
  assert.equal(message.statusCode, 503);
  assert.equal(message.headers['retry-after'], '3');
  assert.equal(message.headers['x-more'], '1');
  assert.equal(await textOf(message), 'body SERVICE_BUSY');
  const after = await pair(context);
  after.exchange.head({});
  after.exchange.write('some ');
  after.exchange.fail(new Error('odd'));
  assert.equal(await textOf(await after.received), 'some last INTERNAL');
});

test('a quiet stream shows signs of life until its end', async (context) => {
  const { exchange, clock, received } = await pair(context);
  exchange.head({});
  exchange.keepAlive('.', 1000);
  assert.ok(clock.pass(1000));
  assert.ok(clock.pass(1000));
  exchange.end('end');
  assert.equal(clock.pass(1000), false);
  assert.equal(await textOf(await received), '..end');
});
