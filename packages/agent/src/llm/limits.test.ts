import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultLimits } from './limits.ts';

test('the bounds fit each other', () => {
  assert.ok(defaultLimits.connectMsMax < defaultLimits.firstByteMsMax);
  assert.ok(defaultLimits.firstByteMsMax < defaultLimits.attemptMsMax);
  assert.ok(defaultLimits.backoffMs < defaultLimits.backoffMsMax);
  assert.ok(defaultLimits.fallbackMsMax < defaultLimits.retryAfterMsMax);
});

test('no pause lasts longer than minutes, no call more than three attempts that failed', () => {
  assert.ok(defaultLimits.pauseMsMax <= 10 * 60_000);
  assert.equal(defaultLimits.attemptsMax, 3);
  assert.equal(defaultLimits.failuresMax, 5);
  assert.ok(defaultLimits.probeMsMax <= 300);
});
