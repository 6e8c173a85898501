import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chanceOfWorse, judgeCanary } from './canary.ts';

const count = (calls: number, failures: number): { calls: number; failures: number } => ({
  calls,
  failures,
});

test('the exact test agrees with tables that can be counted by hand', () => {
  assert.ok(Math.abs(chanceOfWorse(count(4, 3), count(4, 1)) - 17 / 70) < 1e-12);
  assert.ok(Math.abs(chanceOfWorse(count(3, 3), count(3, 0)) - 1 / 20) < 1e-12);
  assert.equal(chanceOfWorse(count(5, 0), count(5, 0)), 1);
});

test('no release is judged by one or two mishaps', () => {
  assert.equal(judgeCanary(count(2, 2), count(500, 0)), 'wait');
});

test('a release that is worse beyond chance is rolled back before its calls are over', () => {
  assert.equal(judgeCanary(count(6, 3), count(60, 0)), 'roll-back');
  assert.equal(judgeCanary(count(29, 8), count(100, 2)), 'roll-back');
});

test('a release that only ever fails is rolled back, however bad the current one is', () => {
  assert.equal(judgeCanary(count(3, 3), count(10, 9)), 'roll-back');
  assert.equal(judgeCanary(count(3, 3), count(0, 0)), 'roll-back');
});

test('a release that fails as often as the current one takes over after its calls', () => {
  assert.equal(judgeCanary(count(20, 4), count(80, 16)), 'wait');
  assert.equal(judgeCanary(count(30, 6), count(120, 24)), 'promote');
  assert.equal(judgeCanary(count(30, 0), count(0, 0)), 'promote');
});

test('of a thousand releases no worse than the current one, few are rolled back', () => {
  let state = 7;
  const random = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
  let rolledBack = 0;
  for (let trial = 0; trial < 1_000; trial += 1) {
    let failures = 0;
    for (let calls = 1; calls <= 30; calls += 1) {
      if (random() < 0.02) failures += 1;
      if (
        judgeCanary(count(calls, failures), count(calls * 4, Math.round(calls * 0.08))) !== 'wait'
      ) {
        if (calls < 30) rolledBack += 1;
        break;
      }
    }
  }
  assert.ok(rolledBack < 30, `${rolledBack} of 1,000`);
});
