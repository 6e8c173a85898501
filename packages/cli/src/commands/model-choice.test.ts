import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configuration } from '@opencomputer/contracts';
import { withModel } from './model-choice.ts';

const one = { provider: 'openai', model: 'one' } as const;
const two = { provider: 'openai', model: 'two' } as const;
const before = configuration.parse({ models: [one, two] });

test('a chosen model comes first, and the others stay behind it as fallbacks', () => {
  const three = { provider: 'anthropic', model: 'three' } as const;
  assert.deepEqual(withModel(before, three), { path: ['models'], value: [three, one, two] });
});

test('a model that was there moves to the front instead of standing twice', () => {
  assert.deepEqual(withModel(before, two), { path: ['models'], value: [two, one] });
});

test('the same name at another address is another model', () => {
  const elsewhere = { ...one, url: 'http://127.0.0.1:8080/v1' };
  assert.deepEqual(withModel(before, elsewhere).value, [elsewhere, one, two]);
});
