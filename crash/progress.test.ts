import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgress, minutes } from './progress.ts';

/** A progress over 100 runs, and what it said after so many of them at so many seconds. */
function saidAfter(endsAt: number | undefined, steps: readonly (readonly [number, number])[]) {
  const said: string[] = [];
  let at = 0;
  const progress = createProgress({
    unit: 'runs',
    of: 100,
    ...(endsAt !== undefined && { endsAt }),
    print: (line) => said.push(line),
    now: () => at,
  });
  for (const [seconds, done] of steps) {
    at = seconds * 1000;
    progress(done);
  }
  return said;
}

test('it says how far it is at most every half minute, with the time that is left at this pace', () => {
  const steps = [
    [1, 1],
    [30, 10],
    [31, 11],
    [60, 20],
  ] as const;
  assert.deepEqual(saidAfter(undefined, steps), [
    '10 of 100 runs, 4:30 min left',
    '20 of 100 runs, 4:00 min left',
  ]);
});

test('where the time ends before the work does it says so', () => {
  assert.deepEqual(saidAfter(90_000, [[30, 10]]), [
    '10 of 100 runs, 1:00 min left, not for all of them',
  ]);
  assert.deepEqual(saidAfter(400_000, [[30, 10]]), ['10 of 100 runs, 4:30 min left']);
});

test('before anything is done there is no pace', () => {
  assert.deepEqual(saidAfter(undefined, [[40, 0]]), []);
});

test('minutes are told as a clock tells them', () => {
  assert.deepEqual([0, 59_600, 245_000].map(minutes), ['0:00 min', '1:00 min', '4:05 min']);
});
