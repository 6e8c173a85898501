import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { CallCounter } from './call-counter.ts';

const call = { plugin: 'mail', release: 'a', status: 'done' } as const;

test('ten calls are counted at once, by release', async () => {
  const told: unknown[] = [];
  const counter = new CallCounter(createFakeClock(), async (...all) => void told.push(all));
  for (let index = 0; index < 8; index += 1) await counter.add(call);
  await counter.add({ ...call, release: 'b', status: 'failed' });
  assert.deepEqual(told, []);
  await counter.add({ ...call, release: 'b', status: 'unknown' });
  assert.deepEqual(told, [
    ['mail', 'a', { calls: 8, failures: 0 }],
    ['mail', 'b', { calls: 2, failures: 2 }],
  ]);
  await counter.flush();
  assert.equal(told.length, 2);
});

test('a few calls are counted after a while, and refusals never', async () => {
  const told: unknown[] = [];
  const clock = createFakeClock();
  const counter = new CallCounter(clock, async (...all) => void told.push(all));
  await counter.add({ ...call, status: 'refused' });
  clock.forward(5_000);
  await counter.add(call);
  clock.forward(4_999);
  assert.deepEqual(told, []);
  clock.forward(1);
  assert.deepEqual(told, [['mail', 'a', { calls: 1, failures: 0 }]]);
});

test('a stop passes on what was held back', async () => {
  const told: unknown[] = [];
  const counter = new CallCounter(createFakeClock(), async (...all) => void told.push(all));
  await counter.add(call);
  await counter.flush();
  assert.equal(told.length, 1);
});
