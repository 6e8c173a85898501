// Owns the breaker of one model: closed, open for a while, then one probe. Refuses pauses without
// end: the pause doubles only up to its bound, which is minutes.

/** Bounds of a breaker. */
export interface BreakerLimits {
  readonly failuresMax: number;
  readonly pauseMs: number;
  readonly pauseMsMax: number;
}

/** Guards one model. All times are `Clock.monotonic` milliseconds. */
export interface Breaker {
  /** True when a call may be made now. After a pause, true once: that call is the probe. */
  enter(now: number): boolean;
  /** Milliseconds until a call may be made; 0 when it may now. */
  remaining(now: number): number;
  succeed(): void;
  fail(now: number): void;
  /** The call ended without saying anything about the model. */
  release(): void;
}

/** A closed breaker. */
export function createBreaker(limits: BreakerLimits): Breaker {
  let failures = 0;
  let pauseMs = limits.pauseMs;
  let openUntil: number | undefined;
  let probing = false;
  const open = (now: number): void => {
    openUntil = now + pauseMs;
    pauseMs = Math.min(limits.pauseMsMax, pauseMs * 2);
  };
  return {
    enter(now) {
      if (openUntil === undefined) return true;
      if (probing || now < openUntil) return false;
      probing = true;
      return true;
    },
    remaining(now) {
      if (openUntil === undefined) return 0;
      if (probing) return Math.max(1, openUntil - now);
      return Math.max(0, openUntil - now);
    },
    succeed() {
      failures = 0;
      pauseMs = limits.pauseMs;
      openUntil = undefined;
      probing = false;
    },
    fail(now) {
      failures += 1;
      if (probing || (openUntil === undefined && failures >= limits.failuresMax)) open(now);
      probing = false;
    },
    release() {
      probing = false;
    },
  };
}
