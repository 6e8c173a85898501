import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import {
  beginsAloneMin,
  beginsPerRoundMax,
  createFairQueue,
  turnsAtWorkMax,
  turnsRunningMax,
} from './fair-queue.ts';
import type { FairQueue, Pace } from './fair-queue.ts';

interface Held {
  readonly begun: string[];
  begin(person: string): Promise<void>;
  /** Ends the oldest turn of a person that runs. */
  end(person: string): Promise<void>;
}

/** Rounds of the event loop in which as many turns begin as may. */
async function rounds(): Promise<void> {
  for (let round = 0; round <= turnsRunningMax / beginsPerRoundMax; round += 1) {
    await new Promise(setImmediate);
  }
}

/** Turns that end when a test says so; `isWaiting` ones wait for something outside at once. */
function held(queue: FairQueue, isWaiting: boolean): Held {
  const begun: string[] = [];
  const running: { person: string; end: () => void }[] = [];
  return {
    begun,
    begin: (person) =>
      queue.run(person, (pace: Pace) => {
        begun.push(person);
        if (isWaiting) pace.rest();
        return new Promise<void>((end) => running.push({ person, end }));
      }),
    end: async (person) => {
      const index = running.findIndex((one) => one.person === person);
      running.splice(index, 1)[0]?.end();
      await rounds();
    },
  };
}

test('of those who wait, one of each person begins in rotation, however many one has sent', async () => {
  const { begun, begin, end } = held(createFairQueue(), false);
  for (let count = 0; count < turnsAtWorkMax + 6; count += 1) void begin('noisy');
  await rounds();
  for (const person of ['bob', 'bob', 'cleo']) void begin(person);
  assert.equal(begun.length, turnsAtWorkMax);
  for (let count = 0; count < 5; count += 1) await end('noisy');
  assert.deepEqual(begun.slice(turnsAtWorkMax), ['noisy', 'bob', 'cleo', 'noisy', 'bob']);
});

test('while turns wait for something outside others begin, and places are left for other people', async () => {
  const { begun, begin } = held(createFairQueue(), true);
  for (let count = 0; count < turnsRunningMax; count += 1) void begin('noisy');
  await rounds();
  assert.ok(begun.length > turnsRunningMax / 2 && begun.length < turnsRunningMax);
  void begin('bob');
  assert.equal(begun.at(-1), 'bob');
});

test('a turn that goes on after waiting does so at once, and no other begins meanwhile', async () => {
  const queue = createFairQueue();
  const paces: Pace[] = [];
  for (let count = 0; count < turnsAtWorkMax; count += 1) {
    void queue.run('ann', (pace) => {
      paces.push(pace);
      return new Promise<void>(() => undefined);
    });
  }
  await rounds();
  paces[0]?.rest();
  paces[0]?.work();
  paces[0]?.work();
  const { begun, begin } = held(queue, false);
  void begin('bob');
  assert.deepEqual(begun, []);
  paces[0]?.rest();
  assert.deepEqual(begun, ['bob']);
});

test('beside another person a round of the event loop begins no more than its bound', async () => {
  const { begun, begin } = held(createFairQueue(), true);
  void begin('bob');
  for (let count = 0; count < 3; count += 1) void begin('noisy');
  void begin('bob');
  assert.deepEqual(begun, ['bob']);
  await new Promise(setImmediate);
  assert.deepEqual(begun, ['bob', 'noisy']);
  await rounds();
  assert.deepEqual(begun, ['bob', 'noisy', 'bob', 'noisy', 'noisy']);
});

test('one person alone begins as many as have room, again after another one was long gone', async () => {
  const { begun, begin } = held(createFairQueue(), true);
  for (let count = 0; count < 3; count += 1) void begin('ann');
  assert.equal(begun.length, 3);
  const queue = createFairQueue();
  const done = async (): Promise<void> => undefined;
  await queue.run('bob', done);
  for (let count = 0; count < beginsAloneMin; count += 1) await queue.run('ann', done);
  const later = held(queue, true);
  await rounds();
  for (let count = 0; count < 3; count += 1) void later.begin('ann');
  assert.equal(later.begun.length, 3);
});

test('closed, it begins none, and those who wait are told so', async () => {
  const queue = createFairQueue();
  const { begin, begun } = held(queue, false);
  for (let count = 0; count < turnsAtWorkMax; count += 1) void begin('ann');
  await rounds();
  const waiting = begin('ann');
  queue.close();
  await assert.rejects(waiting, { code: 'SERVICE_STOPPING', retryAfterSeconds: 5 });
  await assert.rejects(begin('bob'), { code: 'SERVICE_STOPPING' });
  assert.equal(begun.length, turnsAtWorkMax);
});

test('a turn that fails makes room like one that ends', async () => {
  const queue = createFairQueue();
  for (let count = 0; count < turnsAtWorkMax * 2; count += 1) {
    await assert.rejects(
      queue.run('ann', () => Promise.reject(new Error('planned'))),
      /planned/,
    );
  }
  assert.equal(await queue.run('ann', async () => 'fine'), 'fine');
});

/** Milliseconds that each turn of `quiet` took, beside `noise` turns sent at once, in a fake world. */
async function timesOf(noise: number): Promise<readonly number[]> {
  const clock = createFakeClock();
  const queue = createFairQueue();
  // The model takes a second; what is at work here takes turns of a millisecond each.
  const turn = (pace: Pace): Promise<void> => {
    pace.rest();
    return new Promise((resolve) => clock.after(1_000, resolve));
  };
  for (let count = 0; count < noise; count += 1) void queue.run('noisy', turn);
  const times: number[] = [];
  for (let count = 0; count < 100; count += 1) {
    const began = clock.monotonic();
    let ended = false;
    void queue.run('quiet', turn).then(() => (ended = true));
    while (!ended) {
      clock.forward(50);
      await new Promise(setImmediate);
    }
    times.push(clock.monotonic() - began);
  }
  return times.toSorted((one, other) => one - other);
}

test('one noisy person does not push another’s slowest turns above one and a half times', async () => {
  const alone = (await timesOf(0)).at(-2) ?? 0;
  const beside = (await timesOf(5_000)).at(-2) ?? Infinity;
  assert.ok(beside <= alone * 1.5, `${alone} ms alone, ${beside} ms beside the noise`);
});
