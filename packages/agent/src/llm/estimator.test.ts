import assert from 'node:assert/strict';
import { test } from 'node:test';
import { charactersPerTokenStart, createTokenEstimator, updateRatio } from './estimator.ts';

test('an unknown model is estimated with the starting ratio, rounded up', () => {
  const estimator = createTokenEstimator();
  assert.equal(estimator.estimateTokens('x'.repeat(36), 'a'), 10);
  assert.equal(estimator.estimateTokens('x'.repeat(37), 'a'), 11);
  assert.equal(estimator.estimateTokens('', 'a'), 0);
});

test('the ratio moves towards what the provider counts, for that model only', () => {
  const estimator = createTokenEstimator();
  for (let count = 0; count < 40; count += 1) estimator.observe('a', 2_000, 1_000);
  assert.ok(Math.abs(estimator.charactersPerToken('a') - 2) < 0.01);
  assert.equal(estimator.charactersPerToken('b'), charactersPerTokenStart);
});

test('small or absurd counts teach nothing', () => {
  for (const [characters, tokens] of [
    [100, 10],
    [1_000_000, 100],
    [10, 1_000],
    [1_000, Number.NaN],
  ] as const) {
    assert.equal(updateRatio(3.6, characters, tokens), 3.6);
  }
});

test('the number of remembered models is bounded', () => {
  const estimator = createTokenEstimator();
  for (let count = 0; count < 200; count += 1) estimator.observe(`m${count}`, 200, 100);
  assert.equal(estimator.charactersPerToken('m0'), charactersPerTokenStart);
  assert.ok(estimator.charactersPerToken('m199') < charactersPerTokenStart);
});
