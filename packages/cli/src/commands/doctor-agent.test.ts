import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doorTo, failure, fakeService } from '../fixtures/fake-service.ts';
import type { FakeOptions } from '../fixtures/fake-service.ts';
import { testContext } from '../fixtures/surroundings.ts';
import { checkAgent } from './doctor-agent.ts';
import type { Finding } from './finding.ts';

const check = (options: FakeOptions): Promise<readonly Finding[]> =>
  checkAgent(testContext({ agent: doorTo(fakeService(options)) }), {});

test('a working agent is a line for the store, the plugins and each model', async () => {
  const findings = await check({});
  assert.deepEqual(
    findings.map(({ state, text }) => `${state} ${text}`),
    [
      'ok store /data: no daemon runs; opened here, up for 3.0 s',
      'ok database: 120 pages (491,520 bytes) read, none is damaged',
      'ok 1 plugin with 1 tool',
      'ok 1 official plugin started and listed all tools',
      'ok 1 installed plugin with the code that was installed',
      'ok model gpt (openai), answers',
    ],
  );
});

test('a plugin whose code was altered fails, and so does a list that cannot be read', async () => {
  const altered = [{ plugin: 'weather', altered: ['a'.repeat(64)] }];
  const findings = await check({ queries: { 'plugin-verify': altered } });
  const [failed] = findings.filter(({ state }) => state === 'fail');
  assert.equal(failed?.text, 'plugin weather: its code was altered');
  const service = fakeService();
  const plain = service.query;
  service.query = async (name, input) => {
    if (name !== 'plugin-verify') return plain(name, input);
    throw failure('PLUGIN_LOCKFILE', { file: 'plugins.lock.json', problem: 'cut' });
  };
  const broken = await checkAgent(testContext({ agent: doorTo(service) }), {});
  const texts = broken.map(({ state, text }) => `${state} ${text}`);
  assert.ok(texts.some((text) => /^fail .*plugins\.lock\.json is damaged/.test(text)));
  assert.ok(texts.some((text) => text.startsWith('ok model')));
});

test('a damaged page fails with what the database says of it', async () => {
  const problems = ['Tree 5 page 7 cell 1: invalid page number 0', 'row 3 missing from index a'];
  const findings = await check({ queries: { integrity: { pages: 9, bytes: 36_864, problems } } });
  const failed = findings.find(({ state }) => state === 'fail');
  assert.equal(
    failed?.text,
    `database: 9 pages (36,864 bytes) read, damaged: ${problems.join('; ')}`,
  );
  assert.match(failed?.remedy ?? '', /doctor --repair/);
});

test('what is waited for is named, before it is waited for', async () => {
  const labels: string[] = [];
  const context = testContext({ agent: doorTo(fakeService()) });
  await checkAgent(context, {}, (label) => labels.push(label));
  assert.deepEqual(labels, [
    'reading the database',
    'starting each plugin',
    'asking for the models',
  ]);
});

test('a refused plugin fails with how to switch it off', async () => {
  const plugin = { plugin: 'x', version: '1.0.0', tier: 'official', tools: [] };
  const findings = await check({
    queries: { plugins: [{ ...plugin, state: 'refused', problem: 'no handler' }] },
  });
  const failed = findings.find(({ state }) => state === 'fail');
  assert.equal(failed?.text, 'plugin x: no handler');
  assert.match(failed?.remedy ?? '', /plugins\.x\.enabled/);
});

test('an official plugin that is not there fails, and one of a third party is not started', async () => {
  const plugin = { version: '1.0.0', state: 'idle' as const, tools: [] };
  const findings = await check({
    queries: {
      plugins: [
        { ...plugin, plugin: 'absent', tier: 'official' },
        { ...plugin, plugin: 'other', tier: 'third-party' },
      ],
    },
  });
  const failed = findings.filter(({ state }) => state === 'fail');
  assert.equal(failed.length, 1);
  assert.match(failed[0]?.text ?? '', /^plugin absent does not start: ENOENT/);
});

test('no model and a paused one are warnings', async () => {
  const none = await check({ queries: { models: [] } });
  assert.equal(none.at(-1)?.state, 'warn');
  const model = { model: 'm', provider: 'p', contextTokens: 1, current: true };
  const paused = await check({ queries: { models: [{ ...model, state: 'paused' }] } });
  assert.equal(paused.at(-1)?.state, 'warn');
});

test('a store that cannot be opened fails with its code and what to do', async () => {
  const error = failure('STORE_DAMAGED', { file: 'store.sqlite', problem: 'page 3' });
  const [finding] = await checkAgent(testContext({ agent: doorTo(error) }), {});
  assert.equal(finding?.state, 'fail');
  assert.match(finding?.text ?? '', /store\.sqlite is damaged: page 3\. \[STORE_DAMAGED\]/);
  assert.match(finding?.remedy ?? '', /Restore a backup/);
});

test('messages that wait because the store fails are a failure with its reason', async () => {
  const held = { turns: 2, problem: 'The disk is full.' };
  const status = { version: '1', directory: '/data', uptimeSeconds: 3, turnsRunning: 0, held };
  const findings = await check({ queries: { status } });
  const failed = findings.find(({ state }) => state === 'fail');
  assert.equal(failed?.text, '2 messages cannot be worked on: The disk is full.');
});
