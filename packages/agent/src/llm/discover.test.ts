import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelConfiguration } from '@opencomputer/contracts';
import { discoverTargets } from './discover.ts';

test('nothing set, or set to nothing, finds nothing', () => {
  assert.deepEqual(discoverTargets({}), []);
  assert.deepEqual(discoverTargets({ OPENAI_API_KEY: '', ANTHROPIC_API_KEY: '  ' }), []);
  assert.deepEqual(discoverTargets({ OPENAI_MODEL: 'm' }), []);
});

test('a key alone finds the provider with its default model, in a fixed order', () => {
  const targets = discoverTargets({
    GEMINI_API_KEY: 'g',
    ANTHROPIC_API_KEY: 'a',
    OPENAI_API_KEY: 'o',
  });
  assert.deepEqual(
    targets.map(({ provider, key }) => [provider, key]),
    [
      ['openai', 'o'],
      ['anthropic', 'a'],
      ['google', 'g'],
    ],
  );
  assert.ok(targets.every(({ model }) => model !== undefined));
});

test('an address of its own means a compatible server, with or without key and model', () => {
  assert.deepEqual(discoverTargets({ OPENAI_BASE_URL: 'http://127.0.0.1:9/v1/' }), [
    { provider: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' },
  ]);
  const environment = { OPENAI_BASE_URL: 'http://h:1', OPENAI_API_KEY: 'k', OPENAI_MODEL: 'm' };
  assert.deepEqual(discoverTargets(environment), [
    { provider: 'openai-compatible', model: 'm', baseUrl: 'http://h:1/v1', key: 'k' },
  ]);
});

test("OpenAI's own address is OpenAI; one that only looks like it is not", () => {
  const find = (address: string) =>
    discoverTargets({ OPENAI_API_KEY: 'k', OPENAI_BASE_URL: address })[0]?.provider;
  assert.equal(find('https://api.openai.com/v1'), 'openai');
  assert.equal(find('https://api.openai.com.example/v1'), 'openai-compatible');
});

test("Anthropic's address is completed with the version, and needs no key", () => {
  for (const address of ['http://127.0.0.1:9', 'http://127.0.0.1:9/', 'http://127.0.0.1:9/v1']) {
    const [target] = discoverTargets({ ANTHROPIC_BASE_URL: address, ANTHROPIC_MODEL: 'm' });
    const expected = { provider: 'anthropic', model: 'm', baseUrl: 'http://127.0.0.1:9/v1' };
    assert.deepEqual(target, expected);
  }
  const [proxied] = discoverTargets({ ANTHROPIC_BASE_URL: 'http://h/proxy' });
  assert.equal(proxied?.baseUrl, 'http://h/proxy/v1');
});

test('Google has two names for its key', () => {
  const find = (name: string) => discoverTargets({ [name]: 'k' })[0]?.key;
  assert.equal(find('GOOGLE_GENERATIVE_AI_API_KEY'), 'k');
  assert.equal(find('GEMINI_API_KEY'), 'k');
});

test("the version is added to Google's address as to the others", () => {
  const find = (address: string) =>
    discoverTargets({ GEMINI_API_KEY: 'k', GOOGLE_GENERATIVE_AI_BASE_URL: address })[0]?.baseUrl;
  assert.equal(find('http://h/'), 'http://h/v1beta');
  assert.equal(find('http://h/v1beta/'), 'http://h/v1beta');
});

test('settings come first, in their order, and what the environment gives beside them after', () => {
  const environment = { OPENAI_API_KEY: 'o', MY_KEY: 'mine', ANTHROPIC_API_KEY: 'a' };
  const targets = discoverTargets(environment, [
    { provider: 'google', model: 'gemini-3.8-flash', key: 'g' },
    { provider: 'openai-compatible', model: 'm', url: 'http://h/v1', keyVariable: 'MY_KEY' },
  ]);
  assert.deepEqual(targets, [
    { provider: 'google', model: 'gemini-3.8-flash', key: 'g' },
    {
      provider: 'openai-compatible',
      model: 'm',
      baseUrl: 'http://h/v1',
      keyVariable: 'MY_KEY',
      key: 'mine',
    },
    { provider: 'openai', model: 'gpt-6-sol', key: 'o' },
    { provider: 'anthropic', model: 'claude-sonnet-5-5', key: 'a' },
  ]);
});

test('a connection that a setting uses is no second model, unless another one is named', () => {
  const setting: ModelConfiguration = { provider: 'openai', model: 'gpt-4o' };
  const models = (environment: object) =>
    discoverTargets({ OPENAI_API_KEY: 'o', ...environment }, [setting]).map(({ model }) => model);
  assert.deepEqual(models({}), ['gpt-4o']);
  assert.deepEqual(models({ OPENAI_MODEL: 'gpt-4o' }), ['gpt-4o']);
  assert.deepEqual(models({ OPENAI_MODEL: 'gpt-4.1' }), ['gpt-4o', 'gpt-4.1']);
});

test('the same server is one connection, however its address is written', () => {
  const settings: ModelConfiguration[] = [
    { provider: 'openai-compatible', model: 'qwen', url: 'http://127.0.0.1:1234' },
    { provider: 'openai', model: 'gpt-4o', url: 'https://api.openai.com/v1/' },
  ];
  const environment = { OPENAI_BASE_URL: 'http://127.0.0.1:1234/v1/', OPENAI_API_KEY: 'k' };
  assert.equal(discoverTargets(environment, settings).length, 2);
  assert.equal(discoverTargets({ OPENAI_API_KEY: 'k' }, settings).length, 2);
});

test('every key of a setting is kept', () => {
  const setting: ModelConfiguration = {
    provider: 'openai',
    model: 'm',
    wire: 'chat',
    key: 'in-the-file',
    contextTokens: 1_000,
    outputTokensMax: 100,
    price: { input: 1, output: 2 },
  };
  const { price, ...rest } = setting;
  const [target] = discoverTargets({ OPENAI_API_KEY: 'usual' }, [setting]);
  assert.deepEqual(target, { ...rest, price: { input: 1, output: 2, cached: 1 } });
  assert.deepEqual(price, { input: 1, output: 2 });
});

test('a named variable is asked before the key in the file, and is never replaced by another', () => {
  const find = (environment: object, rest: object = {}) =>
    discoverTargets({ OPENAI_API_KEY: 'usual', ...environment }, [
      { provider: 'openai', model: 'm', keyVariable: 'MINE', ...rest },
    ])[0]?.key;
  assert.equal(find({ MINE: 'named' }, { key: 'in-the-file' }), 'named');
  assert.equal(find({}, { key: 'in-the-file' }), 'in-the-file');
  assert.equal(find({}), undefined);
});

test("a provider's key is sent to its own address, and to no other that somebody configured", () => {
  const find = (url: string) =>
    discoverTargets({ OPENAI_API_KEY: 'secret' }, [{ provider: 'openai', model: 'm', url }])[0];
  assert.equal(find('http://elsewhere/v1')?.key, undefined);
  assert.equal(find('https://api.openai.com.example/v1')?.key, undefined);
  assert.equal(find('https://api.openai.com/v1')?.key, 'secret');
});

test('a key that the environment gives together with an address is used at that address', () => {
  const environment = { OPENAI_BASE_URL: 'http://gateway/v1', OPENAI_API_KEY: 'k' };
  const [same, other] = discoverTargets(environment, [
    { provider: 'openai-compatible', model: 'm', url: 'http://gateway/v1' },
    { provider: 'openai-compatible', model: 'm', url: 'http://other/v1' },
  ]);
  assert.equal(same?.key, 'k');
  assert.equal(other?.key, undefined);
});

test('a model file keeps its address', () => {
  const url = 'file:///models/a%20b.gguf';
  const [target] = discoverTargets({}, [{ provider: 'llama', model: 'small', url }]);
  assert.deepEqual(target, { provider: 'llama', model: 'small', baseUrl: url });
});
