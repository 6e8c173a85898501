import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costOf, defaultModels, modelFacts } from './catalogue.ts';

test('every default model is in the table', () => {
  for (const model of Object.values(defaultModels)) assert.ok(modelFacts(model), model);
  assert.ok(modelFacts(defaultModels['openai'] ?? '')?.price);
  assert.ok(modelFacts(defaultModels['anthropic'] ?? '')?.price);
});

test('a dated or prefixed name has the facts of its model', () => {
  const facts = modelFacts('claude-haiku-4-5');
  assert.ok(facts?.price);
  assert.deepEqual(modelFacts('claude-haiku-4-5-20251001'), facts);
  assert.deepEqual(modelFacts('anthropic/claude-haiku-4-5'), facts);
});

test('another member of a family has the window, but never a price that is not its own', () => {
  assert.deepEqual(modelFacts('gpt-6-terra'), { contextTokens: 1_050_000 });
  assert.equal(modelFacts('gpt-5-mini-search')?.price, undefined);
  assert.equal(modelFacts('gpt-4o-audio-preview')?.price, undefined);
  assert.equal(modelFacts('claude-sonnet-4-9')?.price, undefined);
  assert.equal(modelFacts('llama-3'), undefined);
});

test('the cost counts plain, cached and written input and the output', () => {
  const price = { input: 2, cached: 0.2, written: 2.5, output: 10 };
  const usage = { inputTokens: 1_000_000, cachedTokens: 500_000, outputTokens: 100_000 };
  assert.equal(costOf(price, usage), 0.5 * 2 + 0.5 * 0.2 + 1);
  assert.equal(costOf(price, usage, 100_000), 0.4 * 2 + 0.5 * 0.2 + 0.1 * 2.5 + 1);
  assert.equal(costOf(undefined, usage), undefined);
});

test('a long request costs more, as the provider says', () => {
  const long = { tokens: 272_000, input: 2, output: 1.5 };
  const price = { input: 2, cached: 0.2, output: 10, long };
  const usage = { inputTokens: 300_000, cachedTokens: 0, outputTokens: 1_000 };
  assert.equal(costOf(price, usage), (300_000 * 2 * 2 + 1_000 * 10 * 1.5) / 1_000_000);
});
