// Owns the slow check of a running store: rows in small steps, then every page in a process of its
// own, then a long rest. Refuses to take more than one hundredth of one processor.

import type { Clock } from '@opencomputer/contracts';
import type { Integrity } from '@opencomputer/contracts/internal';
import type { RowCheck } from './row-check.ts';

/** Rests are this many times as long as the work before them. */
const restFactor = 99;
/** A step takes about a millisecond, which no turn notices. */
const rowsAtOnce = 25;
const restMsMin = 250;
/** Before the first check: a start has other work, and one that is soon over needs none. */
const firstMs = 10 * 60_000;
/** Between the end of one check and the beginning of the next. */
const pauseMs = 6 * 3_600_000;

/** How places that are pages begin: each check reads all of them again. */
export const pagePlace = 'page: ';

/** What is checked, and who is told. */
export interface BackgroundParts {
  readonly clock: Clock;
  readonly check: RowCheck;
  /** Reads every page; absent where there is no file. Must reject soon after the store closes. */
  readonly pages?: () => Promise<Pick<Integrity, 'problems'>>;
  readonly found: (place: string, problem: string) => Promise<void>;
  readonly report: (error: unknown, about: string) => void;
}

/** A check at work. */
export interface BackgroundCheck {
  /** Resolves when the step under way has ended; the reading of pages is ended by its owner. */
  stop(): Promise<void>;
}

/** Checks from now on, the first time ten minutes after a start. */
export function startBackgroundCheck(parts: BackgroundParts): BackgroundCheck {
  const { clock, report } = parts;
  let stopped = false;
  let cancel = (): void => undefined;
  let working: Promise<void> = Promise.resolve();

  async function work(): Promise<void> {
    const began = clock.monotonic();
    let restMs = restMsMin;
    try {
      if (await parts.check.step(rowsAtOnce)) {
        await checkPages(parts);
        restMs = pauseMs;
      }
    } catch (error) {
      // What a stop cut short is no fault.
      if (!stopped) report(error, 'check of the store');
      restMs = pauseMs;
    }
    const spentMs = clock.monotonic() - began;
    if (!stopped) rest(Math.max(restMs, spentMs * restFactor));
  }
  function rest(ms: number): void {
    cancel = clock.after(ms, () => {
      working = work();
    });
  }
  rest(firstMs);
  return {
    stop: async () => {
      stopped = true;
      cancel();
      await working;
    },
  };
}

async function checkPages({ pages, found }: BackgroundParts): Promise<void> {
  const { problems } = (await pages?.()) ?? { problems: [] };
  for (const problem of problems) await found(`${pagePlace}${problem.slice(0, 100)}`, problem);
}
