// Owns how large the garbage collector's young generation is: as small as it began while the daemon
// waits, some megabytes once much work comes. Refuses to keep it from shrinking again.

import { PerformanceObserver } from 'node:perf_hooks';
import v8 from 'node:v8';

/** What is known of the collector, and the one thing that is told to it. */
export interface Collector {
  /** Calls `listener` with the times of collections, in milliseconds, after they have happened. */
  onCollections(listener: (times: readonly number[]) => void): () => void;
  /** Memory of the young generation, in bytes. */
  youngBytes(): number;
  /** How many times as large the young generation becomes when what is in it survives. */
  setGrowth(factor: number): void;
}

/** Collections in a span that say "busy": a first message alone makes some 130. */
const collectionsMax = 180;
const spanMs = 3_000;
/** With this much, a turn's objects are dead before they are collected; more saves little. */
const youngBytesWanted = 4 * 1024 * 1024;
const growth = { none: 1, step: 4 } as const;

/**
 * Lets the young generation take one step when it is collected often, as with many conversations at
 * once: collecting a tiny one takes a third of all CPU time then. Returns what ends the watching.
 */
export function widenWhenBusy(collector: Collector): () => void {
  let from = 0;
  let count = 0;
  let isGrowing = false;
  const grow = (wanted: boolean): void => {
    if (wanted === isGrowing) return;
    isGrowing = wanted;
    collector.setGrowth(wanted ? growth.step : growth.none);
  };
  const stop = collector.onCollections((times) => {
    for (const time of times) {
      if (time - from > spanMs) [from, count] = [time, 0];
      count += 1;
    }
    grow(count > collectionsMax && collector.youngBytes() < youngBytesWanted);
  });
  return () => {
    stop();
    grow(false);
  };
}

/** The collector of this process. */
export const v8Collector: Collector = {
  onCollections: (listener) => {
    const observer = new PerformanceObserver((list) =>
      listener(list.getEntries().map(({ startTime }) => startTime)),
    );
    observer.observe({ entryTypes: ['gc'] });
    return () => observer.disconnect();
  },
  youngBytes: () =>
    v8.getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ??
    Number.POSITIVE_INFINITY,
  setGrowth: (factor) => v8.setFlagsFromString(`--semi-space-growth-factor=${factor}`),
};
