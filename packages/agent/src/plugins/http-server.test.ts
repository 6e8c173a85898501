import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createEgressProxy, fetchThrough, systemNetwork } from './egress/index.ts';
import { systemClock } from './egress/fixtures/network.ts';
import type { PluginAnswer } from './connection.ts';
import { connectServer } from './server-connection.ts';

const forever = new AbortController().signal;

/** A port that nobody had a moment ago; the server takes no other way to be told. */
async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}

/** The reference server over Streamable HTTP; its address. */
async function startServer(t: TestContext): Promise<string> {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve('@modelcontextprotocol/server-everything/package.json');
  const port = await freePort();
  const program = join(dirname(manifest), 'dist/index.js');
  const child = spawn(process.execPath, [program, 'streamableHttp'], {
    env: { PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  t.after(() => child.kill());
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let log = '';
  child.once('exit', () => reject(new Error(log)));
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
    if (/listening/i.test(log)) resolve();
  });
  await promise;
  return `127.0.0.1:${port}`;
}

test('server-everything over HTTP, through the proxy of a plugin: listed, called, streamed, stopped', async (t) => {
  const host = await startServer(t);
  const refusals: string[] = [];
  const proxy = createEgressProxy({
    ...systemNetwork,
    plugin: 'everything',
    hosts: [`http://${host}`],
    localHosts: [host],
    secrets: [],
    secret: async () => undefined,
    clock: systemClock,
    observe: ({ name }) => {
      if (name === 'egress-deny') refusals.push(name);
    },
  });
  t.after(() => proxy.close());
  const address = { type: 'url', url: `http://${host}/mcp`, fetch: fetchThrough(proxy) } as const;
  const connection = await connectServer(address, { clock: systemClock });
  const call = (tool: string, input: object, signal = forever): Promise<PluginAnswer> => {
    const onService = (): Promise<never> => Promise.reject(new Error('none'));
    return connection.call({ tool, input: { ...input }, signal, onService });
  };
  const { tools } = await connection.list(forever);
  assert.ok(tools.some(({ name }) => name === 'echo'));
  const echoed = await call('echo', { message: 'hello' });
  assert.ok(echoed.type === 'result');
  assert.deepEqual(echoed.result['content'], [{ type: 'text', text: 'Echo: hello' }]);
  const controller = new AbortController();
  const input = { duration: 600, steps: 2 };
  const waiting = call('trigger-long-running-operation', input, controller.signal);
  controller.abort();
  const ended = await waiting;
  assert.ok(ended.type === 'cancelled');
  assert.equal(await ended.stopped, true);
  await proxy.close();
  assert.equal((await call('echo', { message: 'again' })).type, 'error');
  assert.deepEqual(refusals, []);
  await connection.stop();
});
