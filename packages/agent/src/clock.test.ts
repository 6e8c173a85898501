import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from './clock.ts';

test('a delay that is cancelled never runs, and one that is not does', async () => {
  const ran: string[] = [];
  const cancel = systemClock.after(0, () => ran.push('cancelled'));
  cancel();
  await new Promise<void>((resolve) => {
    systemClock.after(1, () => {
      ran.push('kept');
      resolve();
    });
  });
  assert.deepEqual(ran, ['kept']);
});

test('a delay of years does not fire at once', () => {
  let ran = false;
  const cancel = systemClock.after(1e12, () => {
    ran = true;
  });
  cancel();
  assert.ok(!ran);
  assert.ok(systemClock.monotonic() <= systemClock.monotonic());
  assert.ok(systemClock.now() > 1.7e12);
});
