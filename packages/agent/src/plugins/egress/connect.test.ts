import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import type { ErrorCode } from '@opencomputer/contracts';
import { createFakeClock } from '@opencomputer/testkit';
import { openConnection, systemNetwork } from './connect.ts';
import type { ConnectOptions } from './connect.ts';
import { ask, createTestNetwork, get } from './fixtures/network.ts';
import { parseHost } from './host.ts';
import type { Destination } from './rules.ts';

const to = (host: string): Destination => ({
  host: parseHost(host),
  port: 443,
  isPlain: false,
  isLocal: false,
  rule: '*',
});
const options = (more: Partial<ConnectOptions>): ConnectOptions => ({
  resolve: async () => ['93.184.216.34'],
  dial: () => new Socket(),
  clock: createFakeClock(),
  connectMsMax: 10_000,
  signal: new AbortController().signal,
  ...more,
});
const withCode =
  (code: ErrorCode, text = '') =>
  (error: unknown): boolean =>
    isAgentError(error, code) && error.message.includes(text);

async function listener(context: TestContext): Promise<number> {
  const server = createServer((socket) => context.after(() => socket.destroy()));
  context.after(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('a name whose answer changes after the check is reached where it was checked', async (context) => {
  const network = createTestNetwork(context);
  network.names.set('api.example.com', [['93.184.216.34'], ['127.0.0.1'], ['169.254.169.254']]);
  await network.secure('93.184.216.34:443', (_request, response) => response.end('public'));
  const proxy = network.proxy({});
  assert.equal((await ask(network, proxy, get('http://api.example.com/'))).body, 'public');
  assert.deepEqual(network.resolved, ['api.example.com'], 'resolved once');
  assert.deepEqual(network.dialled, ['93.184.216.34:443']);
  for (let again = 0; again < 2; again += 1) {
    const { status, body } = await ask(network, proxy, get('http://api.example.com/'));
    assert.equal(status, 403);
    assert.match(body, /"EGRESS_ADDRESS"/);
  }
  assert.equal(network.dialled.length, 1);
  assert.equal(network.events.at(-1)?.rule, 'EGRESS_ADDRESS');
});

test('one address that is not public refuses the name', async () => {
  const dial = (): Socket => assert.fail('nothing may be dialled');
  const bad = [
    '127.0.0.1',
    '::1',
    '10.0.0.1',
    '::ffff:10.0.0.1',
    '169.254.169.254',
    'fe80::1%eth0',
  ];
  for (const address of [...bad, '', 'localhost', '127.1', '2002:7f00:1::', '0.0.0.0'])
    for (const addresses of [[address], ['93.184.216.34', address], [address, '93.184.216.34']])
      await assert.rejects(
        openConnection(to('api.example.com'), options({ resolve: async () => addresses, dial })),
        withCode('EGRESS_ADDRESS'),
        addresses.join(),
      );
  for (const literal of ['127.0.0.1', '[::1]', '[fd00:ec2::254]'])
    await assert.rejects(
      openConnection(to(literal), options({ dial })),
      withCode('EGRESS_ADDRESS'),
    );
});

test('the second address is tried when the first one fails, and beside it when it is slow', async (context) => {
  const port = await listener(context);
  const resolve = async (): Promise<string[]> => ['1.1.1.1', '1.0.0.1', '2606:4700::1111'];
  const dialled: string[] = [];
  const failing = options({
    resolve,
    dial: (address) => {
      dialled.push(address);
      return connect({ host: '127.0.0.1', port: address === '1.0.0.1' ? port : 1 });
    },
  });
  (await openConnection(to('api.example.com'), failing)).destroy();
  assert.deepEqual(dialled, ['2606:4700::1111', '1.1.1.1', '1.0.0.1']);

  const clock = createFakeClock();
  const sockets: Socket[] = [];
  const begun = Promise.withResolvers<void>();
  const slow = options({
    resolve,
    clock,
    dial: (address) => {
      begun.resolve();
      const socket = address === '1.1.1.1' ? connect({ host: '127.0.0.1', port }) : new Socket();
      sockets.push(socket);
      return socket;
    },
  });
  const opening = openConnection(to('api.example.com'), slow);
  await begun.promise;
  clock.forward(249);
  assert.equal(sockets.length, 1);
  clock.forward(1);
  assert.equal(sockets.length, 2);
  const socket = await opening;
  assert.equal(socket, sockets[1]);
  assert.ok(sockets[0]?.destroyed, 'the slow one is not left behind');
  assert.deepEqual(clock.waits, []);
  socket.destroy();
});

test('names without an address, silence and a caller that leaves end the attempt', async () => {
  const none = options({ resolve: async () => [] });
  await assert.rejects(openConnection(to('a.com'), none), withCode('EGRESS_UPSTREAM', 'ENOTFOUND'));
  const broken = options({
    resolve: async () => {
      throw new Error('what the resolver said');
    },
  });
  const said = (error: unknown): boolean =>
    withCode('EGRESS_UPSTREAM')(error) && !String(error).includes('resolver');
  await assert.rejects(openConnection(to('a.com'), broken), said);

  for (const resolve of [async () => ['1.1.1.1'], () => new Promise<string[]>(() => undefined)]) {
    const clock = createFakeClock();
    const opening = openConnection(to('a.com'), options({ clock, resolve }));
    clock.forward(10_000);
    await assert.rejects(opening, withCode('EGRESS_TIMEOUT', 'a.com'));
    const leaving = new AbortController();
    const left = openConnection(to('a.com'), options({ resolve, signal: leaving.signal }));
    leaving.abort();
    await assert.rejects(left, withCode('EGRESS_UPSTREAM'));
  }
});

test('the sockets of the system take addresses only', () => {
  for (const name of ['localhost', 'example.com', '/run/docker.sock', '127.1', ''])
    assert.throws(() => systemNetwork.dial(name, 80), TypeError, name);
});
