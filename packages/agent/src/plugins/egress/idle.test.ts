import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { watchIdle } from './idle.ts';

test('what moves stays, what stops moving is noticed once, at its time', () => {
  const clock = createFakeClock();
  let noticed = 0;
  const watch = watchIdle(clock, 1_000, () => {
    noticed += 1;
  });
  for (let step = 0; step < 10; step += 1) {
    clock.forward(900);
    watch.touch();
  }
  assert.equal(noticed, 0);
  clock.forward(999);
  assert.equal(noticed, 0);
  clock.forward(1);
  assert.equal(noticed, 1);
  clock.forward(10_000);
  assert.equal(noticed, 1);
});

test('a watch that was stopped is silent', () => {
  const clock = createFakeClock();
  const watch = watchIdle(clock, 1_000, () => assert.fail('it was stopped'));
  clock.forward(500);
  watch.touch();
  clock.forward(600);
  watch.stop();
  clock.forward(10_000);
  assert.deepEqual(clock.waits, []);
});
