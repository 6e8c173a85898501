import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ActivityFailure,
  ApplicationFailure,
  RetryState,
  TimeoutFailure,
} from '@temporalio/common';
import { insist, lossesMax } from './steps.ts';

const failure = (cause: Error): ActivityFailure =>
  new ActivityFailure('failed', 'step', '1', RetryState.MAXIMUM_ATTEMPTS_REACHED, 'worker', cause);
const lost = (): Error => failure(new TimeoutFailure('lost', undefined, 'HEARTBEAT'));
const lasting = (): Error => failure(ApplicationFailure.create({ type: 'SEAL_BROKEN' }));

test('a result is given at once, and an error that comes again is not waited for', async () => {
  assert.equal(await insist(async () => 'done'), 'done');
  let tries = 0;
  const broken = insist(async () => {
    tries += 1;
    throw lasting();
  });
  await assert.rejects(broken, ActivityFailure);
  assert.equal(tries, 1);
});

test('a step that may have an effect only once is not tried again after its worker was lost', async () => {
  let tries = 0;
  const once = insist(async () => {
    tries += 1;
    throw lost();
  }, 1);
  await assert.rejects(once, ActivityFailure);
  assert.equal(tries, 1);
  assert.equal(lossesMax, 3);
});

test('what is no failure of a step is a defect, and is passed on', async () => {
  await assert.rejects(
    insist(async () => {
      throw new TypeError('planted');
    }),
    TypeError,
  );
});
