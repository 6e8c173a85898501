import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { manifest } from '@opencomputer/contracts';
import type { PluginCall } from '../connection.ts';
import { systemClock as clock } from '../fixtures/harness.ts';
import { PLUGIN_SOCKET_VARIABLE, connectGrpc } from './index.ts';
import type { GrpcPluginConnection } from './index.ts';

const described = manifest.parse({
  name: 'greeter',
  version: '1.0.0',
  framework_version: '*',
  description: 'Greets.',
  runtime: 'grpc',
  command: ['node', 'greeter.ts'],
});

async function start(context: TestContext, program: string): Promise<GrpcPluginConnection> {
  const directory = mkdtempSync(join(tmpdir(), 'grpc-'));
  const socket = join(directory, 's');
  const specification = {
    command: process.execPath,
    arguments: [join(import.meta.dirname, 'fixtures', program)],
    environment: { [PLUGIN_SOCKET_VARIABLE]: socket },
    directory,
    lineBytesMax: 1_000,
  };
  const address = { type: 'process' as const, specification, socket };
  context.after(() => rmSync(directory, { recursive: true }));
  const connection = await connectGrpc(described, { address, headers: {}, clock });
  context.after(() => connection.kill());
  return connection;
}

function call(tool: string, rest: Partial<PluginCall> = {}): PluginCall {
  const { signal } = new AbortController();
  const onService = (): Promise<never> => Promise.reject(new Error('no services'));
  return { tool, input: { name: 'Ada' }, signal, onService, ...rest };
}

test('a process is started, described, called, and stopped', async (context) => {
  const connection = await start(context, 'greeter.ts');
  const { signal } = new AbortController();
  const { version, tools, leftOut } = await connection.describe(signal);
  assert.deepEqual([version, tools.map(({ name }) => name)], ['1.2.3', ['greet']]);
  assert.equal(leftOut.length, 1);
  assert.equal(await connection.health(signal), 'it is tired');
  const circumstances = { idempotencyKey: 'k', now: 5, timeZone: 'UTC', folders: ['/f'] };
  const answer = await connection.call(call('greet', { circumstances }));
  assert.ok(answer.type === 'result', JSON.stringify(answer));
  assert.deepEqual(answer.result['content'], [{ type: 'text', text: 'Hello, Ada!' }]);
  assert.deepEqual(answer.result['structuredContent'], {
    idempotencyKey: 'k',
    nowMs: 5,
    timeZone: 'UTC',
    folders: ['/f'],
    deadline: 'some',
  });
  await connection.stop();
  assert.ok(connection.isLost);
  assert.equal((await connection.call(call('greet'))).type, 'lost');
});

test('each way to end without an outcome is told apart', async (context) => {
  const connection = await start(context, 'greeter.ts');
  const refused = await connection.call(call('refuse'));
  assert.ok(refused.type === 'result');
  assert.deepEqual(refused.result['content'], [{ type: 'text', text: 'no such name' }]);
  assert.equal(refused.result['isError'], true);
  assert.deepEqual(await connection.call(call('fail')), {
    type: 'error',
    code: 13,
    message: 'a fault',
  });
  assert.equal((await connection.call(call('large'))).type, 'oversize');
  assert.equal((await connection.call(call('flood'))).type, 'oversize');
  assert.equal((await connection.call(call('garbage'))).type, 'lost');
  assert.equal((await connection.call(call('nothing'))).type, 'lost');
  assert.equal(connection.isLost, false);
  assert.deepEqual(await connection.call(call('exit')), {
    type: 'lost',
    problem: 'exit code 7: gone',
  });
  assert.equal(await connection.lost, 'exit code 7: gone');
});

test('a cancelled call is told to the plugin, which goes on with others', async (context) => {
  const connection = await start(context, 'greeter.ts');
  const controller = new AbortController();
  const waiting = connection.call(call('wait', { signal: controller.signal }));
  const told = async (): Promise<string> => {
    const answer = await connection.call(call('seen'));
    assert.ok(answer.type === 'result');
    const [content] = answer.result['content'] as { readonly text: string }[];
    return content?.text ?? '';
  };
  while ((await told()) !== 'waiting') assert.equal(connection.isLost, false);
  controller.abort();
  const answer = await waiting;
  assert.ok(answer.type === 'cancelled');
  assert.equal(await answer.stopped, true);
  while ((await told()) !== 'waiting cancelled') assert.equal(connection.isLost, false);
});

test('a program that does not listen is given up: at its end, or when its time is up', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'grpc-'));
  const open = (script: string, startMs: number): Promise<unknown> => {
    const specification = {
      command: process.execPath,
      arguments: ['-e', script],
      environment: {},
      directory,
      lineBytesMax: 1_000,
    };
    const address = { type: 'process' as const, specification, socket: join(directory, 's') };
    const resources = { ...described.resources, startMs };
    return connectGrpc({ ...described, resources }, { address, headers: {}, clock });
  };
  await assert.rejects(open('process.exit(3)', 60_000), { message: 'exit code 3' });
  await assert.rejects(open('setInterval(() => 0, 1e6)', 100), /did not listen within 0.1 s/);
  rmSync(directory, { recursive: true });
});

test('a second implementation without a library is understood', async (context) => {
  const connection = await start(context, 'bare.ts');
  const { signal } = new AbortController();
  const { tools } = await connection.describe(signal);
  assert.deepEqual(
    tools.map(({ name, effect }) => [name, effect]),
    [['echo', 'read']],
  );
  assert.equal(await connection.health(signal), undefined, 'it has no such method');
  const answer = await connection.call(call('echo', { input: { long: 'ü'.repeat(100) } }));
  assert.ok(answer.type === 'result', JSON.stringify(answer));
  assert.deepEqual(answer.result['content'], [{ type: 'text', text: 'echo of echo' }]);
  assert.deepEqual(answer.result['structuredContent'], { long: 'ü'.repeat(100) });
});

test('an address is reached over the connection that it is given, and lost with it', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'grpc-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const server = createServer();
  const sessions: { destroy(): void }[] = [];
  server.on('session', (session) => sessions.push(session));
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    assert.equal(headers['x-key'], 'abc');
    stream.respond(
      { 'content-type': 'application/grpc', 'grpc-status': '12' },
      { endStream: true },
    );
  });
  server.listen(join(directory, 's'));
  await once(server, 'listening');
  const dial = async () => connect(join(directory, 's'));
  const address = { type: 'url' as const, url: 'http://127.0.0.1:1', dial };
  const connection = await connectGrpc(described, { address, headers: { 'x-key': 'abc' }, clock });
  assert.equal(await connection.health(new AbortController().signal), undefined);
  assert.equal((await connection.call(call('any'))).type, 'error');
  for (const session of sessions) session.destroy();
  assert.equal(await connection.lost, 'the connection closed');
  server.close();
});
