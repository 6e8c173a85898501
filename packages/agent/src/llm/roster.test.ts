import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelConfiguration } from '@opencomputer/contracts';
import { createHastyClock, startModelServer } from '@opencomputer/testkit';
import { defaultLimits } from './limits.ts';
import { createRoster } from './roster.ts';
import type { RosterOptions } from './roster.ts';

function make(rest: Partial<RosterOptions>) {
  const clock = createHastyClock();
  const limits = { ...defaultLimits, probeMsMax: 5_000_000 };
  return createRoster({
    clock,
    fetch: globalThis.fetch,
    limits,
    environment: {},
    localAddresses: [],
    ...rest,
  });
}

const two = { OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k' };

test('the first model is the current one, and another can be chosen by either name', () => {
  const roster = make({ environment: two });
  const current = () => roster.summaries().map((model) => [model.provider, model.current]);
  assert.deepEqual(current(), [
    ['openai', true],
    ['anthropic', false],
  ]);
  assert.equal(roster.choose('claude-sonnet-5-5').current, true);
  assert.deepEqual(current()[0], ['anthropic', true]);
  roster.choose('openai/gpt-6-sol');
  assert.deepEqual(current()[0], ['openai', true]);
  assert.throws(() => roster.choose('gpt-0'), { code: 'MODEL_UNKNOWN' });
});

test('a package that nobody can load is said at once', () => {
  const settings: ModelConfiguration[] = [{ provider: 'package:acme', model: 'm' }];
  assert.throws(() => make({ settings }), { code: 'MODEL_UNKNOWN' });
  assert.equal(make({ settings, loadPackage: () => Promise.resolve({}) }).summaries().length, 1);
});

test('local servers are looked for at a call or a refresh, not before', async () => {
  const server = await startModelServer([], [{ id: 'qwen' }]);
  const roster = make({ localAddresses: [server.url] });
  assert.deepEqual(roster.summaries(), []);
  assert.equal(server.connections.opened, 0);
  const models = await roster.forCall();
  assert.deepEqual(
    models.map((model) => model.name),
    ['qwen'],
  );
  await roster.forCall();
  assert.equal(server.connections.opened, 1);
  await server.close();
});

test('local servers are not asked when something is configured', async () => {
  const server = await startModelServer([], [{ id: 'qwen' }]);
  const roster = make({ environment: two, localAddresses: [server.url] });
  await roster.refresh();
  assert.equal((await roster.forCall()).length, 2);
  assert.equal(server.connections.opened, 0);
  await server.close();
});

test('a look that found nothing is not repeated by every call', async () => {
  let asked = 0;
  const fetch = () => {
    asked += 1;
    return Promise.reject(new Error('refused'));
  };
  const clock = { ...createHastyClock(), monotonic: () => now };
  let now = 0;
  const roster = make({ clock, fetch, localAddresses: ['http://127.0.0.1:1/v1'] });
  await roster.forCall();
  await roster.forCall();
  await roster.refresh();
  assert.equal(asked, 1);
  now = 60_000;
  await roster.forCall();
  assert.equal(asked, 2);
});

test('a server that stays keeps its place and state, one that is gone leaves the list', async () => {
  const first = await startModelServer([], [{ id: 'one' }]);
  const second = await startModelServer([], [{ id: 'two' }]);
  let now = 0;
  const clock = { ...createHastyClock(), monotonic: () => now };
  const roster = make({ clock, localAddresses: [first.url, second.url] });
  await roster.refresh();
  roster.choose('two');
  const [kept] = await roster.forCall();
  await first.close();
  now = 60_000;
  await roster.refresh();
  const models = await roster.forCall();
  assert.equal(models.length, 1);
  assert.equal(models[0], kept);
  await second.close();
});
