import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentError } from '@opencomputer/contracts';
import type { Clock } from '@opencomputer/contracts';
import { backoffDelay, delay, retryAfterMs } from './backoff.ts';

const limits = { backoffMs: 500, backoffMsMax: 8_000 };

test('the delay is spread over the whole doubled step, and capped', () => {
  assert.equal(
    backoffDelay(1, limits, () => 0),
    0,
  );
  assert.equal(
    backoffDelay(1, limits, () => 0.999),
    499,
  );
  assert.equal(
    backoffDelay(2, limits, () => 0.5),
    500,
  );
  assert.equal(
    backoffDelay(20, limits, () => 0.5),
    4_000,
  );
});

test('Retry-After is read as seconds, as a date and in milliseconds', () => {
  const now = Date.parse('Wed, 21 Oct 2015 07:28:00 GMT');
  assert.equal(retryAfterMs({ 'retry-after': '7' }, now), 7_000);
  assert.equal(retryAfterMs({ 'retry-after': '0' }, now), 0);
  assert.equal(retryAfterMs({ 'retry-after': '1.5' }, now), 1_500);
  assert.equal(retryAfterMs({ 'retry-after': 'Wed, 21 Oct 2015 07:28:30 GMT' }, now), 30_000);
  assert.equal(retryAfterMs({ 'retry-after': 'Wed, 21 Oct 2015 07:00:00 GMT' }, now), 0);
  assert.equal(retryAfterMs({ 'retry-after-ms': '250', 'retry-after': '7' }, now), 250);
});

test('no Retry-After, or one that makes no sense, is no wish', () => {
  for (const headers of [undefined, {}, { 'retry-after': 'soon' }, { 'retry-after': '-5' }]) {
    const wish = retryAfterMs(headers, Date.parse('2030-01-01'));
    assert.ok(wish === undefined || wish === 0, JSON.stringify(headers));
  }
});

test('a delay ends at once when the caller gives up, and its timer is cancelled', async () => {
  let cancelled = 0;
  const clock: Clock = { now: () => 0, monotonic: () => 0, after: () => () => (cancelled += 1) };
  const controller = new AbortController();
  const waiting = delay(clock, 60_000, controller.signal);
  controller.abort();
  await assert.rejects(waiting, { code: 'TURN_CANCELLED' });
  assert.equal(cancelled, 1);
  await assert.rejects(delay(clock, 1, controller.signal), { code: 'TURN_CANCELLED' });
});

test("the caller's own reason is kept", async () => {
  const clock: Clock = { now: () => 0, monotonic: () => 0, after: () => () => undefined };
  const reason = new AgentError('BUDGET_SECONDS', { limit: 5 });
  await assert.rejects(delay(clock, 1, AbortSignal.abort(reason)), reason);
});
