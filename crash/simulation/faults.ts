// Owns the order in which a simulated process gets its answers, and what goes wrong meanwhile, all
// by one seed. Refuses answers to a dead process.

import { AgentError } from '@opencomputer/contracts';
import type { Clock } from '@opencomputer/contracts';
import type { FakeClock } from '@opencomputer/testkit';
import type { Random } from '../random.ts';
import type { DiskDoor } from './disk.ts';

/** How likely each fault is, from 0 to 1, at each point where it can be. */
export interface FaultRates {
  /** The process dies before an effect, or after it and before the answer. */
  readonly crash: number;
  /** A write is refused because the disk is full. */
  readonly full: number;
  /** The model or a medium fails, is late, or answers otherwise than before. */
  readonly outside: number;
}

export const noFaults: FaultRates = { crash: 0, full: 0, outside: 0 };

/** Answers that are on their way to one process. */
export class Process implements DiskDoor {
  readonly #random: Random;
  readonly #clock: FakeClock;
  readonly #rates: FaultRates;
  readonly #ready: (() => void)[] = [];
  #dead = false;

  constructor(random: Random, clock: FakeClock, rates: FaultRates) {
    this.#random = random;
    this.#clock = clock;
    this.#rates = rates;
  }

  isOpen(): boolean {
    return !this.#dead;
  }

  /** SIGKILL: nothing in it gets another answer. */
  die(): void {
    this.#dead = true;
    this.#ready.length = 0;
  }

  /** Gives one answer of those that wait, any of them; false when none does. */
  step(): boolean {
    if (this.#dead || this.#ready.length === 0) return false;
    const [next] = this.#ready.splice(this.#random.whole(this.#ready.length), 1);
    next?.();
    return true;
  }

  write(...[run, answer]: Parameters<DiskDoor['write']>): void {
    this.#later(() => {
      if (this.#random.chance(this.#rates.full)) {
        const details = { directory: 'memory' };
        answer(Array.from({ length: limitBatches }, () => ({ code: 'STORE_FULL', details })));
        return;
      }
      const replies = run();
      if (!this.#crashes()) answer(replies);
    });
  }

  /** An effect outside, and its answer; the process may die before either. */
  reach<Result>(effect: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#later(() => {
        try {
          const result = effect();
          if (!this.#crashes()) resolve(result);
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** True with the likelihood of faults outside. */
  isUnlucky(): boolean {
    return this.#random.chance(this.#rates.outside);
  }

  /** Resolves after so long; rejects when the signal is aborted before that. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.clock().after(ms, resolve);
      const stop = (): void => {
        cancel();
        reject(new AgentError('MODEL_TIMEOUT', { model: 'simulated', limitMs: ms }));
      };
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop);
    });
  }

  /** The clock as this process sees it: its timers die with it. */
  clock(): Clock {
    return {
      now: () => this.#clock.now(),
      monotonic: () => this.#clock.monotonic(),
      after: (delayMs, run) =>
        this.#clock.after(delayMs, () => {
          if (!this.#dead) run();
        }),
    };
  }

  #later(run: () => void): void {
    if (this.#dead) return;
    this.#ready.push(() => {
      if (!this.#crashes()) run();
    });
  }

  #crashes(): boolean {
    if (this.#random.chance(this.#rates.crash)) this.die();
    return this.#dead;
  }
}

/** A group holds no more batches than this; each of them is refused. */
const limitBatches = 256;
