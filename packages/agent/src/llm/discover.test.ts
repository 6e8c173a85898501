import assert from 'node:assert/strict';
import { test } from 'node:test';
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

test('settings replace what is found, in their order, with keys by name', () => {
  const environment = { OPENAI_API_KEY: 'o', MY_KEY: 'mine', ANTHROPIC_API_KEY: 'a' };
  const targets = discoverTargets(environment, [
    { provider: 'anthropic', model: 'claude-haiku-4-5' },
    { provider: 'openai-compatible', baseUrl: 'http://h/v1', keyEnvironment: 'MY_KEY' },
    { provider: 'openai', contextTokens: 1_000 },
  ]);
  assert.deepEqual(targets, [
    { provider: 'anthropic', model: 'claude-haiku-4-5', key: 'a' },
    { provider: 'openai-compatible', baseUrl: 'http://h/v1', key: 'mine' },
    { provider: 'openai', model: 'gpt-6-sol', key: 'o', contextTokens: 1_000 },
  ]);
});

test("a provider's key is not sent to an address that somebody configured", () => {
  const settings = [{ provider: 'openai', model: 'm', baseUrl: 'http://elsewhere/v1' }];
  const [target] = discoverTargets({ OPENAI_API_KEY: 'secret' }, settings);
  assert.equal(target?.key, undefined);
});
