import assert from 'node:assert/strict';
import { mkdtemp, readdir, realpath, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { test } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import * as api from './index.ts';
import { callOptions, probeManifest, probeProgram, startTestHost } from './fixtures/harness.ts';

const bypassed = (error: unknown): boolean => isAgentError(error, 'POLICY_BYPASSED');

test('a permit that the gate did not make, or that was used, runs nothing', async (t) => {
  const { host, permit, events } = await startTestHost(t, {
    plugins: [probeProgram(probeManifest({ echo: { effect: 'read' } }))],
  });
  const real = permit('echo', { text: 'hello' });
  await assert.rejects(host.call({ ...real }, callOptions()), bypassed);
  await assert.rejects(host.call(structuredClone(real), callOptions()), bypassed);
  assert.deepEqual(events, []);
  assert.equal((await host.call(real, callOptions())).text, 'hello');
  await assert.rejects(host.call(real, callOptions()), bypassed);
});

test('a permit opens no equally named tool of another plugin, and says whose it is', async (t) => {
  const { host, permit, events } = await startTestHost(t, {
    plugins: [probeProgram(probeManifest({ echo: { effect: 'read' } }))],
  });
  const outcome = await host.call(permit('echo', { text: 'x' }, 'another'), callOptions());
  assert.deepEqual(outcome, {
    status: 'refused',
    text: 'another does not offer echo: probe has a tool of that name.',
  });
  const gone = await host.call(permit('nothing', {}, 'probe'), callOptions());
  assert.match(gone.text, /no tool "nothing"/);
  assert.deepEqual(events, []);
  assert.equal((await host.call(permit('echo', { text: 'x' }, 'probe'), callOptions())).text, 'x');
});

test('the only exported way to run a tool asks for a permit', async (t) => {
  const functions = Object.entries(api).filter(([, value]) => typeof value === 'function');
  assert.deepEqual(functions.map(([name]) => name).toSorted(), [
    'PluginMetrics',
    'createPluginAnswers',
    'createPluginHost',
    'installed',
    'loadManifest',
  ]);
  const { host, events } = await startTestHost(t, {
    plugins: [probeProgram(probeManifest({ echo: { effect: 'read' } }))],
  });
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(host)).toSorted();
  assert.deepEqual(methods, [
    'call',
    'constructor',
    'describe',
    'intents',
    'log',
    'refresh',
    'replace',
    'stop',
    'tools',
  ]);
  const unpermitted = { callId: 'a', tool: 'echo', arguments: {} };
  const forged = { plugin: 'probe', call: unpermitted, rule: 'forged' };
  await assert.rejects(host.call(forged, callOptions()), bypassed);
  assert.deepEqual(Object.keys(host), []);
  assert.deepEqual(events, []);
});

test('a call carries its circumstances and nothing of the machine', async (t) => {
  const { call } = await startTestHost(t, {
    plugins: [probeProgram(probeManifest({ context: {}, environment: {} }))],
  });
  const outcome = await call('context', {}, { idempotencyKey: 'k', folders: [tmpdir()] });
  assert.deepEqual(outcome.status === 'done' && outcome.data, {
    now: Date.UTC(2026, 0, 5, 9),
    timeZone: 'Europe/Berlin',
    folders: [],
    idempotencyKey: 'k',
  });
  const dump = await call('environment');
  assert.ok(dump.status === 'done');
  const allowed = ['HOME', 'LANG', 'PATH', 'TMPDIR', 'TZ'];
  const extra = Object.keys(dump.data as object).filter((name) => !allowed.includes(name));
  assert.deepEqual(extra, []);
  const { HOME } = dump.data as { HOME: string };
  assert.notEqual(HOME, env['HOME']);
});

test('a plugin keeps values per person, and a retried write has its effect once', async (t) => {
  const { call } = await startTestHost(t, {
    plugins: [probeProgram(probeManifest({ add: { idempotent: true } }))],
  });
  const first = { idempotencyKey: 'same' };
  assert.equal((await call('add', { text: 'a' }, first)).text, '1');
  assert.equal((await call('add', { text: 'a' }, first)).text, '1');
  assert.equal((await call('add', { text: 'b' })).text, '2');
  assert.equal((await call('add', { text: 'a' }, { ...first, person: 'other' })).text, '1');
});

test('a plugin without permissions reads, writes, starts and reaches nothing', async (t) => {
  const tools = { read: {}, write: {}, spawn: {}, connect: {} };
  const { call, directory } = await startTestHost(t, {
    plugins: [probeProgram(probeManifest(tools))],
  });
  const secret = join(directory, 'secret');
  await writeFile(secret, 'secret');
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const denied = { status: 'refused', text: 'ERR_ACCESS_DENIED' };
  const folders = { folders: [directory] };
  assert.deepEqual(await call('read', { text: '/etc/passwd' }), denied);
  assert.deepEqual(await call('read', { text: secret }, folders), denied);
  assert.deepEqual(await call('read', { text: `/proc/${process.pid}/environ` }), denied);
  assert.deepEqual(await call('write', { text: join(directory, 'new') }, folders), denied);
  assert.deepEqual(await call('spawn'), denied);
  assert.deepEqual(await call('connect', { text: String(port) }), denied);
  assert.deepEqual((await readdir(directory)).toSorted(), ['scratch', 'secret', 'storage']);
});

test('a declared permission is granted, and no more', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const port = String((server.address() as AddressInfo).port);
  const tools = { read: {}, write: {}, connect: {} };
  const { call, directory } = await startTestHost(t, {
    plugins: [
      probeProgram(
        probeManifest(tools, { permissions: { files: { read: ['folders'] }, network: ['*'] } }),
      ),
    ],
  });
  const file = join(directory, 'file');
  await writeFile(file, 'content');
  const folders = { folders: [directory] };
  assert.equal((await call('read', { text: file }, folders)).text, 'content');
  assert.equal((await call('write', { text: file }, folders)).text, 'ERR_ACCESS_DENIED');
  assert.equal((await call('connect', { text: port }, folders)).text, 'connected');
});

test('a process serves only calls with the very folders that it was started with', async (t) => {
  const tools = { process: {}, read: {}, write: {} };
  const { call, directory } = await startTestHost(t, {
    plugins: [
      probeProgram(probeManifest(tools, { permissions: { files: { write: ['folders'] } } })),
    ],
  });
  const one = await realpath(await mkdtemp(join(directory, 'one-')));
  const two = await realpath(await mkdtemp(join(directory, 'two-')));
  await writeFile(join(one, 'file'), 'one');
  await writeFile(join(two, 'file'), 'two');
  const inOne = { folders: [one] };
  const inTwo = { folders: [two] };
  const first = await call('process', {}, inOne);
  assert.deepEqual(await call('process', {}, inOne), first);
  assert.equal((await call('write', { text: join(one, 'new') }, inOne)).text, 'written');
  assert.equal((await call('read', { text: join(two, 'file') }, inOne)).status, 'refused');
  assert.equal((await call('read', { text: join(two, 'file') }, inTwo)).text, 'two');
  assert.equal((await call('read', { text: join(one, 'file') }, inTwo)).status, 'refused');
  assert.notDeepEqual(await call('process', {}, inTwo), first);
});

test('arguments that do not fit the schema are refused with a text for the model', async (t) => {
  const input = {
    type: 'object',
    properties: { text: { type: 'string' }, count: { type: 'integer' } },
    required: ['text'],
    additionalProperties: false,
  };
  const { call, events } = await startTestHost(t, {
    plugins: [probeProgram(probeManifest({ echo: { input } }))],
  });
  assert.deepEqual(await call('echo', { text: 1, count: '2', other: true }), {
    status: 'refused',
    text:
      'The arguments of echo are wrong: the arguments must not have "other"; ' +
      'text must be string; count must be integer.',
  });
  assert.equal((await call('echo', { text: 'x'.repeat(1_000_001) })).status, 'refused');
  assert.equal((await call('nothing')).status, 'refused');
  assert.deepEqual(events, []);
});

test('plugins are stopped in the reverse order of their start', async (t) => {
  const plugin = (name: string): ReturnType<typeof probeProgram> =>
    probeProgram(
      probeManifest(
        {},
        {
          name,
          provides: {
            tools: [{ name: `${name}_echo`, description: 'x', input: {}, effect: 'read' }],
          },
        },
      ),
    );
  const { call, host, events } = await startTestHost(t, {
    plugins: [plugin('one'), plugin('two'), plugin('three')],
  });
  for (const name of ['two', 'one', 'three']) await call(`${name}_echo`);
  await host.stop();
  const stopped = events.filter(({ name }) => name === 'plugin-stop');
  assert.deepEqual(
    stopped.map(({ plugin: name }) => name),
    ['three', 'one', 'two'],
  );
  const after = await call('one_echo');
  assert.deepEqual(after.status === 'failed' && after.code, 'SERVICE_STOPPING');
});
