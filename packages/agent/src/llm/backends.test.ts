import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInBackends } from './backends.ts';
import { defaultModels } from './catalogue.ts';

test('every backend opens a model of the provider interface, version 4, without the network', async () => {
  for (const [provider, backend] of Object.entries(builtInBackends)) {
    const fetch = () => Promise.reject(new Error('no request is needed'));
    const options = { target: { provider, key: 'k' }, model: 'm-1', fetch };
    const model = await backend.open(options);
    assert.equal(model.specificationVersion, 'v4', provider);
    assert.equal(model.modelId, 'm-1', provider);
  }
});

test('a backend that cannot list its models has a default one', () => {
  for (const [provider, backend] of Object.entries(builtInBackends)) {
    assert.ok(backend.listsModels === true || defaultModels[provider] !== undefined, provider);
  }
});
