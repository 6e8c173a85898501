import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { startBackgroundCheck } from './background-check.ts';

const hour = 3_600_000;

/** Steps that take `stepMs` each, `steps` of them until all rows were read. */
function bench(stepMs: number, steps: number, isBroken = false) {
  const clock = createFakeClock();
  const told: string[] = [];
  let count = 0;
  let worked = 0;
  let rested = Promise.withResolvers<void>();
  const observed = {
    ...clock,
    monotonic: () => worked,
    after: (ms: number, run: () => void) => {
      rested.resolve();
      return clock.after(ms, run);
    },
  };
  const checking = startBackgroundCheck({
    clock: observed,
    check: {
      rows: 0,
      step: async () => {
        if (isBroken) throw new Error('no disk');
        worked += stepMs;
        return ++count % steps === 0;
      },
    },
    pages: async () => ({ problems: ['index a is wrong'] }),
    found: async (place) => void told.push(place),
    report: (error) => void told.push(String(error)),
  });
  const step = async (): Promise<number> => {
    const [wait = 0] = clock.waits;
    rested = Promise.withResolvers();
    clock.forward(wait);
    await rested.promise;
    return clock.waits[0] ?? 0;
  };
  return { checking, step, told, clock };
}

test('a start is not held up: the first check comes minutes after it', async () => {
  const { checking, clock } = bench(1, 1);
  assert.deepEqual(clock.waits, [600_000]);
  await checking.stop();
});

test('each step is followed by a rest of ninety-nine times its length', async () => {
  const { checking, step } = bench(10, 100);
  assert.equal(await step(), 990);
  assert.equal(await step(), 990);
  await checking.stop();
});

test('after the last row the pages are read, and then there are hours of rest', async () => {
  const { checking, step, told } = bench(1, 2);
  assert.equal(await step(), 250);
  assert.equal(await step(), 6 * hour);
  assert.deepEqual(told, ['page: index a is wrong']);
  await checking.stop();
});

test('a check that fails is told of and tried again much later; one that was stopped is not', async () => {
  const { checking, step, told, clock } = bench(1, 1, true);
  assert.equal(await step(), 6 * hour);
  assert.deepEqual(told, ['Error: no disk']);
  await checking.stop();
  assert.deepEqual(clock.waits, []);
});
