import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScriptedModel } from '@opencomputer/testkit';
import { packageBackend } from './package.ts';

const model = createScriptedModel([]);
const target = { provider: 'package:x', model: 'm', key: 'k', baseUrl: 'http://h' } as const;
const options = { target, model: 'm', fetch: globalThis.fetch };

function open(module: unknown) {
  return packageBackend('x', () => Promise.resolve(module)).open(options);
}

test('a package is opened by its only factory, with key, address and fetch', async () => {
  const seen: unknown[] = [];
  const create = (settings: unknown) => {
    seen.push(settings);
    return { languageModel: () => model };
  };
  assert.equal(await open({ createAcme: create, other: 1 }), model);
  assert.equal(await open({ createProvider: create, createOther: create }), model);
  const settings = { apiKey: 'k', baseURL: 'http://h', fetch: globalThis.fetch };
  assert.deepEqual(seen, [settings, settings]);
});

test('a package that is no provider, or for another version, says so', async () => {
  await assert.rejects(open({}), { code: 'MODEL_REQUEST' });
  const old = { ...model, specificationVersion: 'v2' };
  const module = { createProvider: () => ({ languageModel: () => old }) };
  await assert.rejects(open(module), { code: 'MODEL_REQUEST' });
});

test('a package that is not installed says how to install it', async () => {
  const load = () => Promise.reject(new Error('ERR_MODULE_NOT_FOUND'));
  await assert.rejects(packageBackend('acme-provider', load).open(options), {
    code: 'MODEL_REQUEST',
    message: /`agent models add package:acme-provider MODEL` installs it/,
  });
});
