// Owns one response that is written piece by piece: small writes joined, a slow reader waited for,
// a reader that left noticed. Refuses to hold more than its limit for a reader that does not read.

import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { toErrorData } from '@opencomputer/contracts';
import type { Clock, ErrorData } from '@opencomputer/contracts';
import { errorHead } from './wire.ts';

/** How a route writes an error: as a whole body, or as the end of a stream that has begun. */
export interface FailureFormat {
  body(data: ErrorData): string;
  last(data: ErrorData): string;
}

/** Characters joined before they are handed to the connection at once. */
const joinCharactersMax = 32 * 1024;

/** Milliseconds in which a reader must take something; then its connection is closed. */
export const stallMsMax = 60_000;

/** The writing side of one response. */
export class Exchange {
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  readonly #format: FailureFormat;
  #joined = '';
  #scheduled = false;
  #ended = false;
  /** Writes that the connection has not taken yet, and who waits until there are none. */
  #unsent = 0;
  #allSent: (() => void) | undefined;
  #left: boolean;
  #leave: (() => void) | undefined;
  #stopKeepAlive: (() => void) | undefined;

  constructor(response: ServerResponse, options: { clock: Clock; format: FailureFormat }) {
    this.#response = response;
    this.#clock = options.clock;
    this.#format = options.format;
    this.#left = response.destroyed;
    response.once('close', () => {
      this.#stopKeepAlive?.();
      if (this.#ended) return;
      this.#left = true;
      this.#leave?.();
    });
  }

  /** The reader is gone, and the end was not written. */
  get left(): boolean {
    return this.#left;
  }

  /** The head was written. */
  get begun(): boolean {
    return this.#response.headersSent;
  }

  /** Calls `run` once when the reader leaves before the end; at once when it has left. */
  onLeave(run: () => void): void {
    this.#leave = run;
    if (this.#left) run();
  }

  /** Begins the stream. The head leaves with the first piece, or now with `flush`. */
  head(headers: OutgoingHttpHeaders, flush = false): void {
    if (this.#ended || this.#left) return;
    this.#response.writeHead(200, headers);
    if (flush) this.#response.flushHeaders();
  }

  /** Writes `text` every `delayMs` until the end, so that a quiet stream is not taken for dead. */
  keepAlive(text: string, delayMs: number): void {
    this.#stopKeepAlive = this.#clock.after(delayMs, () => {
      if (!this.#response.writableNeedDrain) this.write(text);
      this.keepAlive(text, delayMs);
    });
  }

  /** Pieces written in one round of the event loop leave as one chunk. */
  write(text: string): void {
    if (this.#ended || this.#left) return;
    this.#joined += text;
    if (this.#joined.length >= joinCharactersMax) this.#flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#flush();
      });
    }
  }

  /** Undefined while the reader keeps up; else settles when it has caught up, left or stalled. */
  caughtUp(): Promise<void> | undefined {
    const response = this.#response;
    if (!response.writableNeedDrain || this.#ended || this.#left) return undefined;
    return new Promise((resolve) => {
      const settle = (): void => {
        stop();
        response.off('drain', settle).off('close', settle);
        resolve();
      };
      const stop = this.#clock.after(stallMsMax, () => response.destroy());
      response.on('drain', settle).on('close', settle);
    });
  }

  /**
   * True when the connection has taken all that was written, false when the reader left or stalled.
   * Before that nothing counts as shown: a process that ended here would have said nothing.
   */
  async sent(): Promise<boolean> {
    this.#flush();
    const response = this.#response;
    if (this.#unsent > 0 && !response.destroyed) {
      const stop = this.#clock.after(stallMsMax, () => response.destroy());
      await new Promise<void>((resolve) => {
        this.#allSent = resolve;
        response.once('close', resolve);
      });
      stop();
    }
    return this.#unsent === 0 && !this.#left;
  }

  /** Ends the stream with its last piece. */
  end(text = ''): void {
    if (this.#finish()) this.#response.end(this.#joined + text, this.#sending());
  }

  /** Ends with a whole body; nothing must have been written before. */
  answer(body: string): void {
    if (!this.#finish()) return;
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    this.#response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) });
    this.#response.end(body, this.#sending());
  }

  /** Ends with an error: with its status while nothing was sent, else as the end of the stream. */
  fail(error: unknown, extraHeaders: OutgoingHttpHeaders = {}): void {
    const data = toErrorData(error);
    if (this.#response.headersSent) return this.end(this.#format.last(data));
    if (!this.#finish()) return undefined;
    const { status, headers } = errorHead(data);
    this.#response.writeHead(status, { ...headers, ...extraHeaders });
    this.#response.end(this.#format.body(data), this.#sending());
    return undefined;
  }

  #finish(): boolean {
    this.#stopKeepAlive?.();
    if (this.#ended || this.#left) return false;
    this.#ended = true;
    return true;
  }

  #flush(): void {
    if (this.#joined === '' || this.#ended || this.#left) return;
    this.#response.write(this.#joined, this.#sending());
    this.#joined = '';
  }

  /** To be called when the connection has taken one more write, or failed. */
  #sending(): (error?: Error | null) => void {
    this.#unsent += 1;
    return (error) => {
      if (error) return;
      this.#unsent -= 1;
      if (this.#unsent === 0) this.#allSent?.();
    };
  }
}
