import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configuration } from '@opencomputer/contracts';
import { systemClock, within, zoneOf } from './clock.ts';

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

test('work that takes too long is not waited for, and work that fails is told', async () => {
  await within(systemClock, 1, new Promise(() => undefined));
  await within(systemClock, 60_000, Promise.resolve());
  await assert.rejects(within(systemClock, 60_000, Promise.reject(new Error('no'))), /no/);
});

test('the zone is the configured one, else that of the machine', () => {
  const given = configuration.parse({ person: { timeZone: 'Asia/Tokyo' } });
  assert.equal(zoneOf(given), 'Asia/Tokyo');
  const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  assert.equal(zoneOf(configuration.parse({})), own);
});
