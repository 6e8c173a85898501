import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { createFakeClock } from '@opencomputer/testkit';
import { createTestNetwork, readAll } from './fixtures/network.ts';
import type { TestNetwork } from './fixtures/network.ts';

const here = '93.184.216.34:443';
const greeting = 'CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n';
const established = 'HTTP/1.1 200 Connection Established\r\n\r\n';

/** A host that hands out its side of each connection. */
async function accepting(network: TestNetwork): Promise<() => Promise<Socket>> {
  const server = createServer({ allowHalfOpen: true });
  await network.serve(here, server);
  return async () => ((await once(server, 'connection')) as [Socket])[0];
}

async function readText(socket: Socket, length: number): Promise<string> {
  let text = '';
  while (text.length < length) {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) await once(socket, 'readable');
    else text += chunk.toString();
  }
  return text;
}

test('a tunnel carries TLS from end to end, without the proxy in between', async (context) => {
  const network = createTestNetwork(context);
  await network.secure(here, (request, response) => response.end(`secure ${request.url}`));
  const socket = await network.client(network.proxy({}));
  socket.write(greeting);
  assert.equal(await readText(socket, established.length), established);
  const ca = network.authority.certificate;
  const secure = connectTls({ socket, ca, servername: 'api.example.com' });
  secure.write('GET /x HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\r\n');
  assert.match(await readAll(secure), /secure \/x$/);
  assert.deepEqual(network.events, [
    {
      name: 'egress-allow',
      plugin: 'probe',
      host: 'api.example.com',
      port: 443,
      rule: '*.example.com',
    },
  ]);
});

test('bytes sent together with the request, or long after an end of the other side, arrive', async (context) => {
  const network = createTestNetwork(context);
  const accepted = (await accepting(network))();
  const client = await network.client(network.proxy({}));
  client.end(`${greeting}early`);
  const upstream = await accepted;
  assert.equal(await readAll(upstream), 'early');
  const received = readAll(client);
  upstream.write('answer after the end');
  upstream.end();
  assert.equal(await received, `${established}answer after the end`);
});

test('an end of the host does not cut off what the plugin still sends', async (context) => {
  const network = createTestNetwork(context);
  const accepted = (await accepting(network))();
  const client = await network.client(network.proxy({}));
  client.write(greeting);
  const upstream = await accepted;
  upstream.end();
  assert.equal(await readAll(client), established);
  client.end('still here');
  assert.equal(await readAll(upstream), 'still here');
});

test('a side that breaks takes the other one with it', async (context) => {
  const network = createTestNetwork(context);
  const next = await accepting(network);
  const proxy = network.proxy({});
  for (const which of ['client', 'upstream'] as const) {
    const accepted = next();
    const client = await network.client(proxy);
    client.write(greeting);
    const upstream = await accepted;
    await readText(client, established.length);
    const [breaking, other] = which === 'client' ? [client, upstream] : [upstream, client];
    const ended = readAll(other);
    breaking.resetAndDestroy();
    await ended;
  }
});

test('tunnels are bounded in number, in bytes and in idleness', async (context) => {
  const network = createTestNetwork(context);
  const next = await accepting(network);
  const clock = createFakeClock();
  const limits = { tunnelsMax: 1, tunnelBytesMax: 10, tunnelIdleMsMax: 1_000 };
  const proxy = network.proxy({ clock, limits });
  const accepted = next();
  const client = await network.client(proxy);
  client.write(greeting);
  const upstream = await accepted;
  await readText(client, established.length);

  const second = await network.client(proxy);
  second.write(greeting);
  assert.match(await readAll(second), /^HTTP\/1\.1 503 [^]*"EGRESS_BUSY"/);

  client.write('123456');
  assert.equal(await readText(upstream, 6), '123456');
  clock.forward(999);
  assert.ok(!client.closed);
  const closed = Promise.all([readAll(client), readAll(upstream)]);
  upstream.write('12345');
  await closed;

  const again = next();
  const third = await network.client(proxy);
  third.write(greeting);
  const idle = await again;
  await readText(third, established.length);
  const ended = Promise.all([readAll(third), readAll(idle)]);
  clock.forward(1_000);
  await ended;
});

test('a host that cannot be reached is said before the tunnel is', async (context) => {
  const network = createTestNetwork(context);
  const client = await network.client(network.proxy({}));
  client.write(greeting);
  assert.match(await readAll(client), /^HTTP\/1\.1 502 [^]*"EGRESS_UPSTREAM"[^]*ECONNREFUSED/);
});

test('a tunnel that is half closed ends with its proxy, which waits for it', async (context) => {
  const network = createTestNetwork(context);
  const accepted = (await accepting(network))();
  const proxy = network.proxy({});
  const client = await network.client(proxy);
  client.end(`${greeting}last words`);
  const upstream = await accepted;
  assert.equal(await readAll(upstream), 'last words');
  const ended = readAll(client);
  await proxy.close();
  assert.equal(await ended, established);
});

test('a closed proxy ends its tunnels and takes no connection', async (context) => {
  const network = createTestNetwork(context);
  const accepted = (await accepting(network))();
  const proxy = network.proxy({});
  const client = await network.client(proxy);
  client.write(greeting);
  const upstream = await accepted;
  await readText(client, established.length);
  const ended = Promise.all([readAll(client), readAll(upstream)]);
  await proxy.close();
  await ended;
  const late = await network.client(proxy);
  assert.equal(await readAll(late), '');
});
