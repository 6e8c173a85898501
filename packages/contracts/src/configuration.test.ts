import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configuration } from './configuration.ts';

const problemOf = (value: unknown): string => {
  const result = configuration.safeParse(value);
  const issue = result.error?.issues[0];
  return issue ? `${issue.path.join('.')}: ${issue.message}` : 'none';
};

test('an empty configuration has a bound for everything and grants nothing', () => {
  assert.deepEqual(configuration.parse({}), {
    models: [],
    budget: { steps: 25, tokens: 200_000, seconds: 600, money: 1 },
    fastPath: 'on',
    folders: [],
    plugins: {},
    registries: [],
    policy: { allow: [] },
    channels: {},
    backup: { keep: 7 },
    person: {},
  });
});

test('one budget can be set and the others keep their defaults', () => {
  const { budget } = configuration.parse({ budget: { steps: 3 } });
  assert.deepEqual(budget, { steps: 3, tokens: 200_000, seconds: 600, money: 1 });
});

test('a registry has keys, and an address that begins with https: or oci:', () => {
  const keys = [`ed25519:${'A'.repeat(43)}`];
  const url = 'oci:registry.example/plugins/index:latest';
  const { registries } = configuration.parse({ registries: [{ url, keys }] });
  assert.deepEqual(registries, [{ url, keys, threshold: 1, root: 1 }]);
  const expected = 'registries.0.url: an address that begins with https: or oci:';
  assert.equal(problemOf({ registries: [{ url: 'file:///a', keys }] }), expected);
  assert.match(
    problemOf({ registries: [{ url, keys: [] }] }) ?? '',
    /^registries\.0\.keys: a list/,
  );
  assert.match(problemOf({ registries: [{ url, keys: ['x'] }] }) ?? '', /public keys/);
});

test('a wrong value is told with its key and what was expected', () => {
  assert.equal(
    problemOf({ budget: { steps: 'many' } }),
    'budget.steps: a whole number from 1 to 1000',
  );
  assert.equal(
    problemOf({ budget: { steps: 1.5 } }),
    'budget.steps: a whole number from 1 to 1000',
  );
  assert.equal(problemOf({ budget: [] }), 'budget: a section with keys');
  assert.equal(problemOf({ fastPath: 'maybe' }), 'fastPath: on or off');
  assert.equal(
    problemOf({ models: [{ provider: 'someone', model: 'm' }] }),
    'models.0.provider: openai, anthropic, google, openai-compatible, llama or package:NAME',
  );
  assert.equal(
    problemOf({ person: { timeZone: 'Mars/Base' } }),
    'person.timeZone: a time zone such as Europe/Berlin',
  );
  assert.equal(
    problemOf({ plugins: { server: { url: 'file:///etc/passwd' } } }),
    'plugins.server.url: a URL that begins with http or https',
  );
});

test('a model file is named by its address, and only a model file is', () => {
  const problem = (provider: string, url?: string) =>
    problemOf({ models: [{ provider, model: 'm', ...(url === undefined ? {} : { url }) }] });
  assert.equal(problem('llama', 'file:///models/small.gguf'), 'none');
  const file = 'models.0.url: a URL that begins with file: and names a GGUF file';
  assert.equal(problem('llama'), file);
  assert.equal(problem('llama', 'http://127.0.0.1:1/v1'), file);
  const address = 'models.0.url: a URL that begins with http or https';
  assert.equal(problem('openai-compatible', 'file:///etc/passwd'), address);
  assert.equal(problem('openai-compatible', 'ftp://h/v1'), address);
});

test('a provider of a package is named as the registry names packages', () => {
  const problem = (provider: string) => problemOf({ models: [{ provider, model: 'm' }] });
  assert.equal(problem('package:acme-provider'), 'none');
  assert.equal(problem('package:@acme/provider'), 'none');
  for (const name of ['package:', 'package:../x', 'package:/etc', 'package:a/b', 'package:A']) {
    assert.match(problem(name), /^models\.0\.provider: /, name);
  }
});

test('a tool is allowed by the name of its plugin and its own', () => {
  const problem = (...allow: unknown[]) => problemOf({ policy: { allow } });
  assert.equal(problem('shell/shell_run', 'my-server/my_server_say'), 'none');
  const wanted = 'policy.allow.0: a plugin and its tool, such as shell/shell_run';
  for (const name of [
    'shell_run',
    'shell/',
    '/shell_run',
    '*',
    'shell/*',
    'a/b/c',
    'Shell/run',
    1,
  ]) {
    assert.equal(problem(name), wanted);
  }
});

test('a plugin can be switched off; the assistant, which holds the tool search, says that it cannot', () => {
  const problem = (name: string) => problemOf({ plugins: { [name]: { enabled: false } } });
  assert.equal(problem('memory'), 'none');
  assert.equal(
    problem('assistant'),
    'plugins.assistant.enabled: true: help and the search for tools cannot be switched off',
  );
  assert.equal(problemOf({ plugins: { assistant: { enabled: true } } }), 'none');
});

test('an unknown key is not an error and does not reach the program', () => {
  assert.equal('colour' in configuration.parse({ colour: 'red' }), false);
});

test('a third party is not trusted unless the configuration says so', () => {
  const { plugins } = configuration.parse({ plugins: { everything: { command: 'npx' } } });
  assert.equal(plugins['everything']?.trust, false);
});
