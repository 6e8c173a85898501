import assert from 'node:assert/strict';
import { test } from 'node:test';
import { v8Collector, widenWhenBusy } from './young-generation.ts';
import type { Collector } from './young-generation.ts';

const megabyte = 1024 * 1024;
const nextRound = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function recorder(): {
  readonly collector: Collector;
  readonly factors: number[];
  collect(times: readonly number[]): void;
  resize(bytes: number): void;
  isHeard(): boolean;
} {
  const factors: number[] = [];
  let listener: ((times: readonly number[]) => void) | undefined;
  let bytes = megabyte;
  const collector: Collector = {
    onCollections: (listen) => {
      listener = listen;
      return () => (listener = undefined);
    },
    youngBytes: () => bytes,
    setGrowth: (factor) => factors.push(factor),
  };
  return {
    collector,
    factors,
    collect: (times) => listener?.(times),
    resize: (changed) => (bytes = changed),
    isHeard: () => listener !== undefined,
  };
}

const every = (delayMs: number, count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, index) => from + index * delayMs);

test('a young generation that is collected often takes one step and no second one', () => {
  const { collector, factors, collect, resize } = recorder();
  widenWhenBusy(collector);
  collect(every(5, 150));
  assert.deepEqual(factors, []);
  collect(every(5, 100, 1000));
  assert.deepEqual(factors, [4]);
  resize(5 * megabyte);
  collect([1600]);
  assert.deepEqual(factors, [4, 1]);
  collect(every(5, 300, 1700));
  assert.deepEqual(factors, [4, 1]);
});

test('collections now and then do not count as work, and a first message does not', () => {
  const { collector, factors, collect } = recorder();
  widenWhenBusy(collector);
  collect(every(20, 2_000));
  collect(every(1, 130, 100_000));
  assert.deepEqual(factors, []);
});

test('one that shrank while nothing happened is widened again', () => {
  const { collector, factors, collect, resize } = recorder();
  widenWhenBusy(collector);
  collect(every(5, 300));
  resize(5 * megabyte);
  collect([1600]);
  resize(megabyte);
  collect(every(5, 300, 50_000));
  assert.deepEqual(factors, [4, 1, 4]);
});

test('it stays as it is once nobody watches', () => {
  const { collector, factors, collect, isHeard } = recorder();
  const stop = widenWhenBusy(collector);
  collect(every(5, 300));
  stop();
  assert.equal(isHeard(), false);
  assert.deepEqual(factors, [4, 1]);
});

test('the collector of this process is heard and obeys', async () => {
  v8Collector.setGrowth(1);
  const before = v8Collector.youngBytes();
  const heard = Promise.withResolvers<readonly number[]>();
  const stop = v8Collector.onCollections(heard.resolve);
  const fill = async (wanted: number): Promise<void> => {
    for (let round = 0; round < 200 && v8Collector.youngBytes() < wanted; round += 1) {
      const kept = Array.from({ length: 20_000 }, (_, index) => ({ index, list: [index] }));
      assert.equal(kept.length, 20_000);
      await nextRound();
    }
  };
  v8Collector.setGrowth(4);
  await fill(before * 2);
  v8Collector.setGrowth(1);
  assert.ok(v8Collector.youngBytes() >= before * 2);
  assert.ok((await heard.promise).length > 0);
  stop();
});
