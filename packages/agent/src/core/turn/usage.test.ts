import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TurnProgress } from '@opencomputer/contracts';
import { addUsage, exhausted, noUsage, secondsSpent } from './usage.ts';

const progress: TurnProgress = {
  budget: { steps: 3, tokens: 100, seconds: 10, money: 1 },
  usage: noUsage,
  steps: 0,
  startedAt: 1_000,
  waitedMs: 0,
  repeats: {},
  steered: [],
  timeZone: 'UTC',
};

test('usage adds member by member', () => {
  const one = { inputTokens: 1, outputTokens: 2, cachedTokens: 3, cost: 0.5 };
  assert.deepEqual(addUsage(one, one), {
    inputTokens: 2,
    outputTokens: 4,
    cachedTokens: 6,
    cost: 1,
  });
});

test('each bound is reached exactly at its limit', () => {
  assert.equal(exhausted(progress, 1_000), undefined);
  assert.equal(exhausted({ ...progress, steps: 3 }, 1_000)?.code, 'BUDGET_STEPS');
  const tokens = { ...noUsage, inputTokens: 60, outputTokens: 40 };
  assert.equal(exhausted({ ...progress, usage: tokens }, 1_000)?.code, 'BUDGET_TOKENS');
  assert.equal(
    exhausted({ ...progress, usage: { ...noUsage, cost: 1 } }, 1_000)?.code,
    'BUDGET_MONEY',
  );
  assert.equal(exhausted(progress, 10_999), undefined);
  assert.equal(exhausted(progress, 11_000)?.code, 'BUDGET_SECONDS');
});

test('time in which a person is asked does not count, and a clock set back counts nothing', () => {
  assert.equal(secondsSpent({ ...progress, waitedMs: 4_000 }, 9_000), 4);
  assert.equal(secondsSpent({ ...progress, waitingSince: 3_000 }, 9_000), 2);
  assert.equal(secondsSpent(progress, 0), 0);
});
