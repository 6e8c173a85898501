import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from './fake-clock.ts';

const start = Date.UTC(2026, 2, 29);

test('time stands still until it is moved', () => {
  const clock = createFakeClock(start);
  let ran = 0;
  clock.after(0, () => (ran += 1));
  assert.deepEqual([clock.now(), clock.monotonic(), ran], [start, 0, 0]);
  clock.forward(5);
  assert.deepEqual([clock.now(), clock.monotonic(), ran], [start + 5, 5, 1]);
});

test('timers run in the order of their instants and see that instant, also those they set', () => {
  const clock = createFakeClock(start);
  const seen: [string, number][] = [];
  const note = (name: string): void => void seen.push([name, clock.now() - start]);
  clock.after(30, () => note('c'));
  clock.after(10, () => {
    note('a');
    clock.after(10, () => note('b'));
    clock.after(100, () => note('later'));
  });
  clock.forward(50);
  assert.deepEqual(seen, [
    ['a', 10],
    ['b', 20],
    ['c', 30],
  ]);
  assert.deepEqual(clock.waits, [60]);
});

test('two timers of one instant run in the order in which they were set', () => {
  const clock = createFakeClock();
  const seen: number[] = [];
  for (const name of [1, 2, 3]) clock.after(10, () => seen.push(name));
  clock.forward(10);
  assert.deepEqual(seen, [1, 2, 3]);
});

test('a cancelled timer does not run, also when another one cancels it', () => {
  const clock = createFakeClock();
  const cancel = clock.after(20, () => assert.fail('it was cancelled'));
  clock.after(10, cancel);
  clock.forward(100);
  assert.deepEqual(clock.waits, []);
});

test('a clock that is set jumps, and durations and timers do not', () => {
  const clock = createFakeClock(start);
  clock.after(1_000, () => assert.fail('not a second has passed'));
  clock.set(start - 3_600_000);
  assert.equal(clock.now(), start - 3_600_000);
  clock.forward(999);
  assert.equal(clock.monotonic(), 999);
  assert.equal(clock.now(), start - 3_600_000 + 999);
});

test('timers that set each other without end are a fault, not a hang', () => {
  const clock = createFakeClock();
  const again = (): void => void clock.after(0, again);
  again();
  assert.throws(() => clock.forward(1), /time did not pass/);
});
