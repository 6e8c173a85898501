// Owns the inputs that wait to be fed to a turn, from outside and from its own work. Refuses to lose
// one from outside in silence: whoever put it in is told whether the turn took it.

import { AgentError } from '@opencomputer/contracts';
import type { TurnInput } from '@opencomputer/contracts';

/** Inputs waiting to be fed, beyond which something floods the turn. */
export const inputsWaitingMax = 1_000;

/** An input that is fed now; `taken` is called when the turn has taken it. */
export interface WaitingInput {
  readonly input: TurnInput;
  taken(): void;
}

interface Entry {
  readonly input: TurnInput;
  readonly taken: () => void;
  readonly late: (error: AgentError) => void;
}

/** The inputs of one turn, in order. */
export class InputQueue {
  readonly #turn: string;
  #entries: Entry[] = [];
  #wake: (() => void) | undefined;
  #fault: Error | undefined;
  #closed = false;

  constructor(turn: string) {
    this.#turn = turn;
  }

  /** True when the next input is still to come. */
  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** The result of the turn's own work. */
  put(input: TurnInput): void {
    this.#add({ input, taken: () => undefined, late: () => undefined });
  }

  /**
   * An input from outside. Resolves when the turn has taken it; rejects with TURN_UNKNOWN when the
   * turn ends before that, with SERVICE_BUSY when too many wait.
   */
  offer(input: TurnInput): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (this.#closed) reject(this.#lateError());
    else if (this.#entries.length >= inputsWaitingMax) reject(new AgentError('SERVICE_BUSY'));
    else this.#add({ input, taken: resolve, late: reject });
    return promise;
  }

  /** The next input, when there is one; after the last, rejects with what `fail` was given. */
  async next(): Promise<WaitingInput> {
    for (;;) {
      const entry = this.#entries.shift();
      if (entry !== undefined) return entry;
      if (this.#fault !== undefined) throw this.#fault;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** What should have become an input is a fault, which ends the feeding. */
  fail(fault: unknown): void {
    this.#fault = fault instanceof Error ? fault : new Error(String(fault));
    this.#wake?.();
  }

  /** The turn has ended: what still waits, and what comes, comes too late. */
  close(): void {
    this.#closed = true;
    for (const { late } of this.#entries) late(this.#lateError());
    this.#entries = [];
  }

  #add(entry: Entry): void {
    this.#entries.push(entry);
    this.#wake?.();
  }

  #lateError(): AgentError {
    return new AgentError('TURN_UNKNOWN', { turn: this.#turn });
  }
}
