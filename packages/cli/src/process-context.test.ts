import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from './process-context.ts';

test('the clock runs a timer once, and never when it was cancelled', async () => {
  const ran: string[] = [];
  const done = Promise.withResolvers<void>();
  systemClock.after(0, () => ran.push('cancelled'))();
  systemClock.after(1, () => {
    ran.push('ran');
    done.resolve();
  });
  await done.promise;
  assert.deepEqual(ran, ['ran']);
});

test('measured time does not run backwards', () => {
  const before = systemClock.monotonic();
  assert.ok(systemClock.monotonic() >= before);
  assert.ok(systemClock.now() > Date.UTC(2025, 0));
});
