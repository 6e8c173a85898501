import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TurnInput } from '@opencomputer/contracts';
import { InputQueue, inputsWaitingMax } from './input-queue.ts';

const steer = (text: string): TurnInput => ({ type: 'turn-steer', at: 1, text });

test('inputs are fed in the order in which they came, whether waited for or not', async () => {
  const queue = new InputQueue('t');
  const first = queue.next();
  queue.put(steer('a'));
  queue.put(steer('b'));
  assert.deepEqual((await first).input, steer('a'));
  assert.deepEqual((await queue.next()).input, steer('b'));
});

test('whoever offers an input learns that it was taken, not only that it was read', async () => {
  const queue = new InputQueue('t');
  let told = false;
  const offered = queue.offer(steer('a')).then(() => (told = true));
  const { taken } = await queue.next();
  assert.equal(told, false);
  taken();
  await offered;
});

test('an input that the turn did not take before its end is refused, and so is a later one', async () => {
  const queue = new InputQueue('t');
  const waiting = assert.rejects(queue.offer(steer('a')), { code: 'TURN_UNKNOWN' });
  queue.close();
  await waiting;
  await assert.rejects(queue.offer(steer('b')), { code: 'TURN_UNKNOWN' });
});

test('a flood is refused at its limit, and the turn still gets its own results', async () => {
  const queue = new InputQueue('t');
  for (let count = 0; count < inputsWaitingMax; count += 1) void queue.offer(steer('x'));
  await assert.rejects(queue.offer(steer('y')), { code: 'SERVICE_BUSY' });
  queue.put(steer('own'));
  for (let count = 0; count < inputsWaitingMax; count += 1) await queue.next();
  assert.deepEqual((await queue.next()).input, steer('own'));
});

test('a fault ends the wait for the next input', async () => {
  const queue = new InputQueue('t');
  const next = assert.rejects(queue.next(), /broken/);
  queue.fail(new Error('broken'));
  await next;
});
