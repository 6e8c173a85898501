import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInBackend } from './backends.ts';
import { defaultModels } from './catalogue.ts';

const providers = ['openai', 'openai-compatible', 'anthropic', 'google'] as const;
const wires = ['chat', 'responses'] as const;
const all = providers.flatMap((provider) => [
  { provider },
  ...wires.map((wire) => ({ provider, wire })),
]);

test('every backend opens a model of the provider interface, version 4, without the network', async () => {
  for (const target of all) {
    const fetch = () => Promise.reject(new Error('no request is needed'));
    const options = { target: { ...target, key: 'k' }, model: 'm-1', fetch };
    const model = await builtInBackend(target)?.open(options);
    assert.equal(model?.specificationVersion, 'v4', target.provider);
    assert.equal(model?.modelId, 'm-1', target.provider);
  }
});

test('a backend that cannot list its models has a default one', () => {
  for (const target of all) {
    const lists = builtInBackend(target)?.listsModels === true;
    assert.ok(lists || defaultModels[target.provider] !== undefined, target.provider);
  }
});

test('what needs a package of its own is not built in', () => {
  assert.equal(builtInBackend({ provider: 'llama' }), undefined);
  assert.equal(builtInBackend({ provider: 'package:acme' }), undefined);
});
