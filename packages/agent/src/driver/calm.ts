// Owns the moment for work that may end the process: when nothing else runs, so that it takes nothing
// down with it. Refuses to put it off for ever: after a minute it has its turn beside the others.

import type { Clock } from '@opencomputer/contracts';

/** After a start, nothing of this kind begins before this. */
export const calmMsMin = 5_000;
/** Whoever waits longer than this need not wait for the others to end. */
export const calmMsMax = 60_000;

/** Counts what runs, and tells when nothing does. */
export class Calm {
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #waiting = new Set<() => void>();
  #running = 0;
  #isStopping = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.monotonic();
  }

  /** Something that must not be taken down has begun. */
  enter(): void {
    this.#running += 1;
  }

  /** It has ended. */
  leave(): void {
    this.#running -= 1;
    this.#tell();
  }

  /** No more will begin, so there is nothing to wait for but what runs. */
  stop(): void {
    this.#isStopping = true;
    this.#tell();
  }

  /** Resolves when nothing runs that was entered, or after `calmMsMax`. */
  async wait(): Promise<void> {
    const news = Promise.withResolvers<void>();
    const sinceMs = this.#clock.monotonic() - this.#startedAt;
    const cancel = [
      this.#clock.after(Math.max(0, calmMsMin - sinceMs), () => this.#tell()),
      this.#clock.after(calmMsMax, news.resolve),
    ];
    this.#waiting.add(news.resolve);
    this.#tell();
    await news.promise;
    this.#waiting.delete(news.resolve);
    for (const each of cancel) each();
  }

  #tell(): void {
    const isEarly = this.#clock.monotonic() - this.#startedAt < calmMsMin;
    if (this.#running > 0 || (isEarly && !this.#isStopping)) return;
    for (const resolve of this.#waiting) resolve();
  }
}
