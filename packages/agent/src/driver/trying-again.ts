// Owns when work that failed is tried again: every few seconds for as long as the store is at fault, a
// few times for any other fault. Refuses to be silent about what waits.

import { isAgentError, toErrorData } from '@opencomputer/contracts';
import type { Clock } from '@opencomputer/contracts';

/** Between two tries while the store fails: work goes on within 5 s after there is space again. */
export const storeAgainMs = 4_000;
/** The wait after any other fault; doubled after each further one. */
export const faultAgainMs = 1_000;
/** Faults that are not the store's, after which work is not tried again. */
export const failuresMax = 3;

/** Turns that wait to be tried again. */
export interface HeldTurns {
  readonly turns: number;
  /** Why the last of them failed, in words for the operator. */
  readonly problem: string;
}

/** How much a driver works on, for `status`. */
export function workOf(driver: { running(): number; held(): HeldTurns | undefined }): {
  readonly turnsRunning: number;
  readonly held?: HeldTurns;
} {
  const held = driver.held();
  return { turnsRunning: driver.running(), ...(held && { held }) };
}

/** True for a failure of the store, which passes when its cause does. */
export function isStoreFailure(error: unknown): boolean {
  return isAgentError(error) && error.code.startsWith('STORE_');
}

/** Work that waits to be tried again. */
export class TryingAgain {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #held = new Map<string, string>();
  readonly #wakes = new Set<() => void>();
  #isStopping = false;

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock;
  }

  /** What waits now. */
  get held(): HeldTurns | undefined {
    const problem = [...this.#held.values()].at(-1);
    return problem === undefined ? undefined : { turns: this.#held.size, problem };
  }

  /**
   * Runs `work` after each wait until it succeeds, beginning with the wait for `failure`; `giveUp` is
   * called instead after too many faults. Each further failure goes to `report`. Ends at a stop.
   */
  async until(
    { id, failure }: { readonly id: string; readonly failure: unknown },
    tries: {
      work(): Promise<unknown>;
      giveUp(failure: unknown): Promise<unknown>;
      report(failure: unknown): void;
    },
  ): Promise<void> {
    let [last, faults] = [failure, 0];
    try {
      while (!this.#isStopping && !isAgentError(last, 'SERVICE_STOPPING')) {
        if (!isStoreFailure(last)) faults += 1;
        const isOver = faults >= failuresMax;
        // It is given up at once, and again after a wait when that failed.
        const isDue = faults === failuresMax && !isStoreFailure(last);
        if (!isDue) await this.#wait(id, last, faults);
        if (this.#isStopping) return;
        try {
          await (isOver ? tries.giveUp(last) : tries.work());
          return;
        } catch (error) {
          if (isAgentError(error, 'SERVICE_STOPPING')) return;
          tries.report(error);
          last = error;
        }
      }
    } finally {
      this.#held.delete(id);
    }
  }

  /** Nothing is tried again any more. */
  stop(): void {
    this.#isStopping = true;
    for (const wake of this.#wakes) wake();
  }

  async #wait(id: string, failure: unknown, faults: number): Promise<void> {
    this.#held.set(id, toErrorData(failure).message);
    const delayMs = isStoreFailure(failure) ? storeAgainMs : faultAgainMs * 2 ** (faults - 1);
    const over = Promise.withResolvers<void>();
    const cancel = this.#clock.after(delayMs, over.resolve);
    this.#wakes.add(over.resolve);
    await over.promise;
    this.#wakes.delete(over.resolve);
    cancel();
  }
}
