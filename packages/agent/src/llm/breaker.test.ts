import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBreaker } from './breaker.ts';

const limits = { failuresMax: 5, pauseMs: 10_000, pauseMsMax: 60_000 };

function opened() {
  const breaker = createBreaker(limits);
  for (let count = 0; count < 5; count += 1) breaker.fail(0);
  return breaker;
}

test('it opens after the fifth consecutive failure, not before', () => {
  const breaker = createBreaker(limits);
  for (let count = 0; count < 4; count += 1) breaker.fail(0);
  assert.equal(breaker.enter(1), true);
  breaker.fail(1);
  assert.equal(breaker.enter(2), false);
  assert.equal(breaker.remaining(2), 9_999);
});

test('a success in between starts the count again', () => {
  const breaker = createBreaker(limits);
  for (let count = 0; count < 20; count += 1) {
    breaker.fail(0);
    if (count % 4 === 3) breaker.succeed();
  }
  assert.equal(breaker.enter(0), true);
});

test('after the pause one probe is let through, and its success closes the breaker', () => {
  const breaker = opened();
  assert.equal(breaker.enter(10_000), true);
  assert.equal(breaker.enter(10_000), false);
  assert.ok(breaker.remaining(10_000) > 0);
  breaker.succeed();
  assert.equal(breaker.enter(10_001), true);
  assert.equal(breaker.enter(10_001), true);
});

test('the pause doubles while probes fail, up to minutes and never more', () => {
  const breaker = opened();
  let now = 0;
  const pauses: number[] = [];
  for (let count = 0; count < 6; count += 1) {
    const remaining = breaker.remaining(now);
    pauses.push(remaining);
    now += remaining;
    assert.equal(breaker.enter(now), true);
    breaker.fail(now);
  }
  assert.deepEqual(pauses, [10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
});

test('a probe that was given up lets another one through', () => {
  const breaker = opened();
  assert.equal(breaker.enter(10_000), true);
  breaker.release();
  assert.equal(breaker.enter(10_001), true);
});

test('failures of calls that were running when it opened do not make the pause longer', () => {
  const breaker = opened();
  breaker.fail(5_000);
  assert.equal(breaker.remaining(5_000), 5_000);
});
