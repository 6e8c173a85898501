// Owns which turn begins next: one of each person in rotation, a bounded number at work and a bounded
// number that wait for a model, a tool or a person. Refuses to begin any once it was closed.

import { AgentError } from '@opencomputer/contracts';
import { Shares } from './share.ts';

/** Turns that are begun and not ended. */
export const turnsRunningMax = 320;
/** Turns at work in this process, not waiting for anything outside; more would only slow each other. */
export const turnsAtWorkMax = 16;
/**
 * Turns that begin in one round of the event loop while several persons are served. A turn that waits
 * may have its answer already, unread because the process is busy; so a busy process begins fewer, and
 * its rounds stay short. One person alone has nobody to be kept from: there, batches are cheaper.
 */
export const beginsPerRoundMax = 1;
/** After so many turns of one person in a row the process serves that person alone. */
export const beginsAloneMin = 2_000;

/** Tells the queue what a turn does, so that another may begin while it waits. */
export interface Pace {
  /** The turn waits for something outside this process. */
  rest(): void;
  /** The turn goes on; it never has to wait for that. */
  work(): void;
}

/** Turns that may begin, and those that did. */
export interface FairQueue {
  /** Runs `work` when it is its person's turn. Rejects with SERVICE_STOPPING when that never comes. */
  run<Result>(person: string, work: (pace: Pace) => Promise<Result>): Promise<Result>;
  /** Begins none any more. */
  close(): void;
}

interface Entry {
  begin(): void;
  refuse(error: AgentError): void;
}

/** A queue in which nobody waits. */
export function createFairQueue(): FairQueue {
  return new RotatingQueue();
}

class RotatingQueue implements FairQueue {
  /** Who waits, in the order of the rotation; whoever began one goes to its end. */
  readonly #waiting = new Map<string, Entry[]>();
  readonly #running = new Shares(turnsRunningMax);
  #atWork = 0;
  /** Turns that began in this round of the event loop. */
  #begun = 0;
  #last: string | undefined;
  /** Turns of one person that came in a row; while it is small, several persons are served. */
  #inRow = beginsAloneMin;
  #closed = false;

  run<Result>(person: string, work: (pace: Pace) => Promise<Result>): Promise<Result> {
    if (this.#closed) return Promise.reject(stopping());
    this.#inRow = person === (this.#last ?? person) ? this.#inRow + 1 : 0;
    this.#last = person;
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const begin = (): void => {
      const pace = this.#pace();
      const end = (): void => {
        pace.rest();
        this.#running.give(person);
        this.#beginNext();
      };
      this.#running.take(person);
      pace.work();
      work(pace).finally(end).then(resolve, reject);
    };
    const entries = this.#waiting.get(person) ?? [];
    entries.push({ begin, refuse: reject });
    this.#waiting.set(person, entries);
    this.#beginNext();
    return promise;
  }

  close(): void {
    this.#closed = true;
    const waiting = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    for (const { refuse } of waiting) refuse(stopping());
  }

  #pace(): Pace {
    let isAtWork = false;
    const set = (value: boolean): void => {
      if (value !== isAtWork) this.#atWork += value ? 1 : -1;
      isAtWork = value;
    };
    return {
      work: () => set(true),
      rest: () => {
        set(false);
        this.#beginNext();
      },
    };
  }

  #beginNext(): void {
    while (this.#atWork < turnsAtWorkMax && this.#mayBegin()) {
      const person = this.#nextPerson();
      if (person === undefined) return;
      const entries = this.#waiting.get(person) ?? [];
      const entry = entries.shift();
      this.#waiting.delete(person);
      if (entries.length > 0) this.#waiting.set(person, entries);
      this.#countBegun();
      entry?.begin();
    }
  }

  #mayBegin(): boolean {
    return this.#begun < beginsPerRoundMax || this.#inRow >= beginsAloneMin;
  }

  #countBegun(): void {
    this.#begun += 1;
    if (this.#begun > 1) return;
    setImmediate(() => {
      this.#begun = 0;
      this.#beginNext();
    });
  }

  #nextPerson(): string | undefined {
    for (const person of this.#waiting.keys()) {
      if (this.#running.mayTake(person)) return person;
    }
    return undefined;
  }
}

/** What is told of work that this process does not begin or end any more. */
export function stopping(): AgentError {
  return new AgentError('SERVICE_STOPPING', { retryAfterSeconds: 5 });
}
