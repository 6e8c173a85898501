// Owns the noticing that nothing moves any more. Refuses to set a timer for each byte: one timer
// looks when it is due how long ago the last movement was.

import type { Clock } from '@opencomputer/contracts';

/** Watches one exchange or tunnel. */
export interface IdleWatch {
  /** Something moved. */
  touch(): void;
  stop(): void;
}

/** Calls `onIdle` once when nothing moved for `idleMs`. */
export function watchIdle(clock: Clock, idleMs: number, onIdle: () => void): IdleWatch {
  let last = clock.monotonic();
  let cancel = (): void => undefined;
  const look = (): void => {
    const left = last + idleMs - clock.monotonic();
    if (left <= 0) onIdle();
    else cancel = clock.after(left, look);
  };
  cancel = clock.after(idleMs, look);
  return {
    touch: () => {
      last = clock.monotonic();
    },
    stop: () => cancel(),
  };
}
