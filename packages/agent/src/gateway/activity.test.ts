import assert from 'node:assert/strict';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { Activity, requestsMax } from './activity.ts';
import { SteppedClock } from './fixtures/scripted-service.ts';

const format = { body: () => '', last: () => '' };

function response(): ServerResponse {
  return new ServerResponse(new IncomingMessage(new Socket()));
}

test('one request more than the limit is told to come back, until one is answered', () => {
  const activity = new Activity(new SteppedClock());
  const responses = Array.from({ length: requestsMax }, response);
  for (const one of responses) activity.admit(one);
  assert.throws(() => activity.admit(response()), { code: 'SERVICE_BUSY', retryAfterSeconds: 5 });
  responses[0]?.emit('close');
  activity.admit(response());
  assert.throws(() => activity.admit(response()), { code: 'SERVICE_BUSY' });
});

test('with nothing in flight a drain is over at once, and nothing is admitted after it', async () => {
  const activity = new Activity(new SteppedClock());
  assert.equal(activity.stopping.aborted, false);
  await activity.drain(1000);
  assert.equal(activity.stopping.aborted, true);
  assert.throws(() => activity.admit(response()), { code: 'SERVICE_STOPPING' });
});

test('a drain waits for the last response, and no timer is left', async () => {
  const clock = new SteppedClock();
  const activity = new Activity(clock);
  const responses = [response(), response()];
  for (const one of responses) activity.admit(one);
  let drained = false;
  const drain = activity.drain(1000).then(() => (drained = true));
  responses[0]?.emit('close');
  await new Promise(setImmediate);
  assert.equal(drained, false);
  responses[1]?.emit('close');
  await drain;
  assert.equal(clock.pass(1000), false);
});

test('what takes longer than a drain is ended with an error, and waited for only briefly', async () => {
  const clock = new SteppedClock();
  const activity = new Activity(clock);
  const stuck = response();
  activity.admit(stuck);
  activity.open(stuck, format);
  const drain = activity.drain(1000);
  assert.ok(clock.pass(1000));
  await new Promise(setImmediate);
  assert.equal(stuck.statusCode, 503);
  assert.ok(clock.pass(500));
  await drain;
});
