// Owns which requests are being answered: how many at most, the stop of new ones, the wait for the
// rest. Refuses to answer anything itself.

import type { ServerResponse } from 'node:http';
import { AgentError } from '@opencomputer/contracts';
import type { Clock } from '@opencomputer/contracts';
import { Exchange } from './exchange.ts';
import type { FailureFormat } from './exchange.ts';

/** Requests answered at the same time, on both listeners together. */
export const requestsMax = 1024;

/** What a client is told to wait while the agent stops or is busy. */
const retryAfterSeconds = 5;

/** The requests in flight. */
export class Activity {
  readonly #clock: Clock;
  readonly #responses = new Set<ServerResponse>();
  readonly #exchanges = new Set<Exchange>();
  readonly #stopping = new AbortController();
  #empty: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Aborted when no new request is taken any more. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Counts a request until its response is closed. Throws SERVICE_STOPPING or SERVICE_BUSY. */
  admit(response: ServerResponse): void {
    if (this.stopping.aborted) throw new AgentError('SERVICE_STOPPING', { retryAfterSeconds });
    if (this.#responses.size >= requestsMax) {
      throw new AgentError('SERVICE_BUSY', { retryAfterSeconds });
    }
    this.#responses.add(response);
    response.once('close', () => {
      this.#responses.delete(response);
      if (this.#responses.size === 0) this.#empty?.();
    });
  }

  /** A response written piece by piece, which can be ended from outside when time is up. */
  open(response: ServerResponse, format: FailureFormat): Exchange {
    const exchange = new Exchange(response, { clock: this.#clock, format });
    this.#exchanges.add(exchange);
    response.once('close', () => this.#exchanges.delete(exchange));
    return exchange;
  }

  /** Takes no new request and resolves when the last is answered, or after `drainMsMax`. */
  async drain(drainMsMax: number): Promise<void> {
    this.#stopping.abort();
    if (await this.#emptyWithin(drainMsMax)) return;
    const error = new AgentError('SERVICE_STOPPING', { retryAfterSeconds });
    for (const exchange of this.#exchanges) exchange.fail(error);
    await this.#emptyWithin(flushMsMax);
  }

  #emptyWithin(delayMs: number): Promise<boolean> {
    if (this.#responses.size === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const cancel = this.#clock.after(delayMs, () => resolve(false));
      this.#empty = () => {
        cancel();
        resolve(true);
      };
    });
  }
}

/** Milliseconds in which the last words of ended streams must have been read. */
const flushMsMax = 500;
