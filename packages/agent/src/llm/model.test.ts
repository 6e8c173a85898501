import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentError } from '@opencomputer/contracts';
import { createHastyClock, createScriptedModel, startModelServer } from '@opencomputer/testkit';
import type { Backend, ModelTarget } from './backend.ts';
import { defaultLimits } from './limits.ts';
import { Model } from './model.ts';

const dependencies = {
  fetch: globalThis.fetch,
  clock: createHastyClock(1),
  limits: defaultLimits,
};
const provider = createScriptedModel([]);
const backend: Backend = { open: () => Promise.resolve(provider), listsModels: true };
const make = (target: Partial<ModelTarget>, rest: Partial<Backend> = {}) =>
  new Model({ provider: 'package:p', ...target }, { ...backend, ...rest }, dependencies);

test('a model without a name is asked for once, at the first opening', async () => {
  const server = await startModelServer([], [{ id: 'qwen', max_model_len: 40_000 }]);
  const model = make({ baseUrl: server.url });
  assert.equal(model.name, 'auto');
  await Promise.all([model.open(), model.open()]);
  assert.equal(model.origin, 'package:p/qwen');
  assert.equal(model.contextTokens, 40_000);
  await server.close();
  assert.equal(await model.open(), provider);
});

test('an opening that failed is tried again', async () => {
  let opened = 0;
  const model = make(
    { model: 'm' },
    {
      open: () => {
        opened += 1;
        return opened === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve(provider);
      },
    },
  );
  await assert.rejects(model.open(), /not yet/);
  assert.equal(await model.open(), provider);
});

test('a provider that cannot list wants a name', async () => {
  const model = make({}, { listsModels: false });
  await assert.rejects(model.open(), { code: 'MODEL_REQUEST' });
});

test('the window is what is configured, known, or assumed by where it runs', () => {
  assert.equal(make({ model: 'gpt-4o', contextTokens: 5_000 }).contextTokens, 5_000);
  assert.equal(make({ model: 'gpt-4o' }).contextTokens, 128_000);
  assert.equal(make({ model: 'x', baseUrl: 'http://127.0.0.1:1/v1' }).contextTokens, 8_192);
  assert.equal(make({ model: 'x', baseUrl: 'https://models.example/v1' }).contextTokens, 32_768);
});

test('a window that was refused is learned, and never grows', () => {
  const model = make({ model: 'gpt-4o' });
  model.learnWindow(16_000);
  model.learnWindow(64_000);
  assert.equal(model.contextTokens, 16_000);
  model.learnWindow(3);
  assert.equal(model.contextTokens, 1_024);
});

test("somebody's own machine has no price, whatever the model is called", () => {
  assert.ok(make({ model: 'gpt-4o' }).price);
  assert.ok(make({ model: 'gpt-4o', baseUrl: 'https://gateway.example/v1' }).price);
  for (const host of ['localhost', '127.0.0.1', '192.168.1.5', '10.0.0.1', '[::1]', 'nas.local']) {
    assert.equal(make({ model: 'gpt-4o', baseUrl: `http://${host}:1/v1` }).price, undefined, host);
  }
});

test('a configured price holds everywhere', () => {
  const price = { input: 1, cached: 1, output: 1 };
  assert.deepEqual(make({ model: 'x', baseUrl: 'http://127.0.0.1:1/v1', price }).price, price);
  assert.deepEqual(make({ model: 'gpt-4o', price }).price, price);
});

test('its state follows what happened to it', () => {
  const model = make({ model: 'm' });
  assert.equal(model.summary(0, true).state, 'unknown');
  model.succeed();
  assert.equal(model.summary(0, true).state, 'ready');
  for (let count = 0; count < 5; count += 1) model.fail(0, new AgentError('MODEL_OVERLOADED'));
  assert.equal(model.summary(0, true).state, 'paused');
  assert.equal(model.pauseError(0).code, 'MODEL_BREAKER');
  assert.equal(model.pauseError(0).retryAfterSeconds, 10);
});

test('without a key a hosted model is not asked at all, and says which variable is missing', async () => {
  const model = make({ provider: 'openai', model: 'gpt', keyVariable: 'WORK_KEY' });
  const message = 'gpt has no key: WORK_KEY is not set.';
  await assert.rejects(model.open(), { code: 'MODEL_KEY_MISSING', message });
  for (let count = 0; count < 5; count += 1) {
    await model.open().catch((error: unknown) => model.fail(0, error as AgentError));
  }
  assert.equal(model.pauseError(0).message, message);
});

test('a pause because of the key still says that it is the key', () => {
  const model = make({ model: 'm' });
  for (let count = 0; count < 5; count += 1) model.fail(0, new AgentError('MODEL_AUTHENTICATION'));
  assert.equal(model.pauseError(0).code, 'MODEL_AUTHENTICATION');
});
