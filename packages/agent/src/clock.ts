// Owns the machine's own clock behind the port. Refuses to be imported by anything but the
// composition root, so that everything else can be tested in any time.

import type { Clock, Configuration } from '@opencomputer/contracts';

/** The longest delay that a timer of Node keeps. */
const delayMsMax = 2 ** 31 - 1;

/** Time of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(Math.max(0, delayMs), delayMsMax));
    return () => clearTimeout(timer);
  },
};

/** Resolves when `work` has ended or after `delayMs`, whichever is first; `work` goes on. */
export async function within(clock: Clock, delayMs: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const cancel = clock.after(delayMs, late.resolve);
  try {
    await Promise.race([work, late.promise]);
  } finally {
    cancel();
  }
}

/** The zone of the person; the machine's when none is configured. */
export function zoneOf({ person }: Configuration): string {
  return person.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
