/**
 * Owns time that moves only when a test moves it, so that days pass in an instant and in order.
 * Refuses to fire early: a timer runs at its own instant, after those that are due before it.
 */
import type { Clock } from '@opencomputer/contracts';

/** A clock in a test's hands. */
export interface FakeClock extends Clock {
  /** Timers that wait, as milliseconds from now, the next one first. */
  readonly waits: readonly number[];
  /** Lets time pass; timers run when their instant is reached, also those that others set. */
  forward(ms: number): void;
  /** What happens when a machine's clock is set: `now` jumps, and no timer notices. */
  set(now: number): void;
}

/** More timers than this in one go are a loop that never lets time pass. */
const timersPerForwardMax = 100_000;

/** A clock that stands at `startAt`, milliseconds since the Unix epoch. */
export function createFakeClock(startAt: number = Date.UTC(2026, 0, 5, 9)): FakeClock {
  let offset = startAt;
  let elapsed = 0;
  const waiting = new Set<{ readonly at: number; readonly run: () => void }>();
  const sorted = () => [...waiting].toSorted((one, other) => one.at - other.at);
  return {
    get waits() {
      return sorted().map(({ at }) => at - elapsed);
    },
    now: () => offset + elapsed,
    monotonic: () => elapsed,
    after: (delayMs, run) => {
      const timer = { at: elapsed + Math.max(0, delayMs), run };
      waiting.add(timer);
      return () => {
        waiting.delete(timer);
      };
    },
    forward: (ms) => {
      const until = elapsed + ms;
      for (let ran = 0; ran < timersPerForwardMax; ran += 1) {
        const [next] = sorted();
        if (next === undefined || next.at > until) {
          elapsed = until;
          return;
        }
        waiting.delete(next);
        elapsed = Math.max(elapsed, next.at);
        next.run();
      }
      throw new Error(`${timersPerForwardMax} timers ran, and time did not pass`);
    },
    set: (now) => {
      offset = now - elapsed;
    },
  };
}
