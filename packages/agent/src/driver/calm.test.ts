import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import type { FakeClock } from '@opencomputer/testkit';
import { Calm, calmMsMax, calmMsMin } from './calm.ts';

async function waiting(clock: FakeClock, calm: Calm): Promise<() => Promise<boolean>> {
  let isCalm = false;
  void calm.wait().then(() => (isCalm = true));
  return async () => {
    await new Promise(setImmediate);
    if (isCalm) assert.deepEqual(clock.waits, [], 'no timer is left behind');
    return isCalm;
  };
}

test('nothing begins right after a start, and then only when nothing else runs', async () => {
  const clock = createFakeClock();
  const calm = new Calm(clock);
  const isCalm = await waiting(clock, calm);
  assert.equal(await isCalm(), false);
  calm.enter();
  clock.forward(calmMsMin);
  assert.equal(await isCalm(), false);
  calm.leave();
  assert.equal(await isCalm(), true);
});

test('later it begins at once where nothing runs', async () => {
  const clock = createFakeClock();
  const calm = new Calm(clock);
  clock.forward(calmMsMin);
  assert.equal(await (await waiting(clock, calm))(), true);
});

test('where something always runs, it waits a minute and no longer', async () => {
  const clock = createFakeClock();
  const calm = new Calm(clock);
  calm.enter();
  const isCalm = await waiting(clock, calm);
  clock.forward(calmMsMax - 1);
  assert.equal(await isCalm(), false);
  clock.forward(1);
  assert.equal(await isCalm(), true);
});

test('at a stop it begins as soon as what runs has ended', async () => {
  const clock = createFakeClock();
  const calm = new Calm(clock);
  calm.enter();
  const isCalm = await waiting(clock, calm);
  calm.stop();
  assert.equal(await isCalm(), false);
  calm.leave();
  assert.equal(await isCalm(), true);
});
