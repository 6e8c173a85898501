// Owns the time of one turn: the wall clock at its start, carried on by the monotonic clock. Refuses
// jumps of the wall clock, which must neither spend a turn's seconds nor give it more.

import type { Clock } from '@opencomputer/contracts';

/** Milliseconds since the Unix epoch, by which the inputs of one turn are stamped. */
export function createTurnClock(clock: Clock): () => number {
  const wall = clock.now();
  const monotonic = clock.monotonic();
  return () => Math.round(wall + clock.monotonic() - monotonic);
}
