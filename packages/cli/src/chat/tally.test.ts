import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tally } from './tally.ts';

test('the footer is empty until a model was asked', () => {
  const tally = new Tally();
  tally.add({ inputTokens: 0, outputTokens: 0, cachedTokens: 0, cost: 0 });
  assert.equal(tally.short(), '');
  assert.equal(tally.long(), '1 turn, 1 without a model; no model, 0 tokens');
});

test('tokens and money add up', () => {
  const tally = new Tally();
  tally.add({ inputTokens: 1_000, outputTokens: 50, cachedTokens: 200, cost: 0.25 });
  tally.add({ inputTokens: 1_000, outputTokens: 50, cachedTokens: 0, cost: 0.25 });
  assert.equal(tally.short(), '2,100 tokens · 0.50 USD');
  assert.equal(
    tally.long(),
    '2 turns, 0 without a model; 2,100 tokens (2,000 in, 100 out), 0.50 USD; 200 of them cached',
  );
});
