/**
 * Owns a clock that runs faster than the world, so that real limits and waits can be tested over
 * real sockets without waiting for them. Refuses to be exact: timers stay those of the machine.
 */
import type { Clock } from '@opencomputer/contracts';

/** A fast clock with the delays that were asked for, in its own milliseconds. */
export interface HastyClock extends Clock {
  readonly delays: readonly number[];
}

/** A clock that runs `factor` times as fast as the machine's and starts at `startAt`. */
export function createHastyClock(
  factor: number = 1_000,
  startAt: number = Date.UTC(2026, 0, 1),
): HastyClock {
  const delays: number[] = [];
  const begin = performance.now();
  const monotonic = (): number => (performance.now() - begin) * factor;
  return {
    delays,
    now: () => Math.floor(startAt + monotonic()),
    monotonic,
    after: (delayMs, run) => {
      delays.push(delayMs);
      const timer = setTimeout(run, delayMs / factor);
      return () => clearTimeout(timer);
    },
  };
}
