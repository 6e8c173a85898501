import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { JsonObject } from '@opencomputer/contracts';
import type { PluginAnswer, PluginCall } from './connection.ts';
import { callOptions, probeManifest, probeProgram, startTestHost } from './fixtures/harness.ts';
import type { TestHost } from './fixtures/harness.ts';
import { weatherRelease } from './fixtures/releases.ts';
import type { RunnableRelease } from './manager/index.ts';
import type { CallEvent } from './tool-call.ts';

type Answer = (call: PluginCall) => PluginAnswer | Promise<PluginAnswer>;

function release(version: string, tool: object = {}): RunnableRelease {
  const declared = { name: 'weather_read', description: 'Reads.', input: {}, effect: 'read' };
  return weatherRelease(version, { provides: { tools: [{ ...declared, ...tool }] } });
}

const said = (text: string, meta: JsonObject = {}): PluginAnswer => ({
  type: 'result',
  result: { content: [{ type: 'text', text }], _meta: meta },
});

/** A host with one managed plugin whose releases answer as they are told. */
async function hosting(
  t: TestContext,
  answers: Readonly<Record<string, Answer>>,
): Promise<TestHost & { started: string[]; stopped: string[]; ended: CallEvent[] }> {
  const [started, stopped, ended]: [string[], string[], CallEvent[]] = [[], [], []];
  const made = await startTestHost(t, {
    startRelease: ({ version }) => {
      started.push(version);
      return Promise.resolve({
        call: (call) => Promise.resolve(answers[version]?.(call) ?? said(version)),
        lost: new Promise<string>(() => undefined),
        isLost: false,
        stop: () => {
          stopped.push(version);
          return Promise.resolve();
        },
        kill: () => Promise.resolve(),
        log: '',
      });
    },
    observe: (event) => {
      if ('status' in event) ended.push(event);
    },
  });
  return { ...made, started, stopped, ended };
}

test('a release is started with its first call, and each end of a call is told with it', async (t) => {
  const { host, call, started, ended } = await hosting(t, {});
  host.replace([{ current: release('1.0.0') }], []);
  assert.deepEqual(started, []);
  assert.deepEqual(await call('weather_read', {}, callOptions()), {
    status: 'done',
    text: '1.0.0',
  });
  assert.deepEqual(started, ['1.0.0']);
  const { digest } = release('1.0.0');
  const about = { plugin: 'weather', version: '1.0.0', release: digest, tool: 'weather_read' };
  assert.deepEqual(ended, [{ name: 'plugin-call', ...about, status: 'done', isCancelled: false }]);
});

test('an update takes over at once, and the old release ends after its open call', async (t) => {
  const answer = Promise.withResolvers<PluginAnswer>();
  const { host, call, stopped } = await hosting(t, { '1.0.0': () => answer.promise });
  host.replace([{ current: release('1.0.0') }], []);
  const open = call('weather_read', {}, callOptions());
  await new Promise((resolve) => setImmediate(resolve));
  host.replace([{ current: release('2.0.0') }], []);
  assert.deepEqual(await call('weather_read', {}, callOptions()), {
    status: 'done',
    text: '2.0.0',
  });
  assert.deepEqual(stopped, []);
  answer.resolve(said('late'));
  assert.deepEqual(await open, { status: 'done', text: 'late' });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(stopped, ['1.0.0']);
});

test('a removed plugin has no tools any more', async (t) => {
  const { host } = await hosting(t, {});
  host.replace([{ current: release('1.0.0') }], []);
  assert.equal(host.tools().length, 1);
  host.replace([], [{ name: 'weather', version: '1.0.0', problem: 'it was withdrawn' }]);
  assert.deepEqual(host.tools(), []);
  assert.equal(host.describe()[0]?.problem, 'it was withdrawn');
});

test('a read that is declared good for a while is not asked again', async (t) => {
  let calls = 0;
  const answers = { '1.0.0': () => said(`rain ${(calls += 1)}`) };
  const { host, call } = await hosting(t, answers);
  host.replace([{ current: release('1.0.0', { cacheMs: 60_000 }) }], []);
  const texts = [
    await call('weather_read', { place: 'Oslo' }, callOptions()),
    await call('weather_read', { place: 'Oslo' }, callOptions()),
    await call('weather_read', { place: 'Rome' }, callOptions()),
  ].map(({ text }) => text);
  assert.deepEqual(texts, ['rain 1', 'rain 1', 'rain 2']);
});

test('a third party sets no timers, whose texts are said to a person unasked', async (t) => {
  const timers = [{ id: 'one', at: 5, text: 'Call this number now' }];
  const answers = {
    '1.0.0': () => said('ok', { 'opencomputer/outcome': { status: 'done', timers } }),
  };
  const { host, call } = await hosting(t, answers);
  host.replace([{ current: release('1.0.0', { effect: 'write' }) }], []);
  assert.deepEqual(await call('weather_read', {}, callOptions()), { status: 'done', text: 'ok' });
});

test('without a way to start it, a plugin of the manager is a failed call', async (t) => {
  const { host, call } = await startTestHost(t, {});
  host.replace([{ current: release('1.0.0') }], []);
  const outcome = await call('weather_read', {}, callOptions());
  assert.equal(outcome.status, 'failed');
  assert.match(outcome.text, /no sandbox/);
});

test('a plugin that takes the place of an official one has other data, and gives the place back', async (t) => {
  const asked: string[] = [];
  const official = probeManifest({ weather_read: { effect: 'read' } }, { name: 'weather' });
  const { host, call } = await startTestHost(t, {
    plugins: [probeProgram(official)],
    reserved: new Map([['weather_read', 'weather']]),
    storageFor: (plugin) => {
      asked.push(plugin);
      return Promise.reject(new Error('no storage in this test'));
    },
  });
  assert.equal(host.tools()[0]?.tier, 'official');
  host.replace([{ current: release('1.0.0') }], []);
  assert.deepEqual(
    host.tools().map(({ tier }) => tier),
    ['contained'],
  );
  await call('weather_read', {}, callOptions());
  host.replace([], []);
  assert.equal(host.tools()[0]?.tier, 'official');
  await call('weather_read', {}, callOptions());
  assert.deepEqual(asked, ['@weather', 'weather']);
});

test('connections of ours say how a call ended; an MCP server says only text', async (t) => {
  const unknown = said('It may have been sent.', { 'opencomputer/outcome': { status: 'unknown' } });
  const runtimes: readonly (readonly [object, string])[] = [
    [{ runtime: 'http', url: 'https://a.org', openapi: 'a.yaml' }, 'unknown'],
    [{ runtime: 'grpc', command: ['a'] }, 'unknown'],
    [{ runtime: 'mcp', command: ['a'] }, 'done'],
  ];
  for (const [given, status] of runtimes) {
    const { host, call } = await hosting(t, { '1.0.0': () => unknown });
    const current = release('1.0.0', { effect: 'write' });
    host.replace([{ current: { ...current, manifest: { ...current.manifest, ...given } } }], []);
    assert.equal((await call('weather_read', {}, callOptions())).status, status);
  }
});
