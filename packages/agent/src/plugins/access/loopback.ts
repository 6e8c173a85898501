// Owns the place on this machine to which a browser comes back from an authorization server (RFC 8252
// section 7.3). Refuses whatever does not bring the state of the login that waits, and a second answer.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const PATH = '/callback';
const HEAD_MS_MAX = 10_000;
const HEAD_BYTES_MAX = 16_384;
const CONNECTIONS_MAX = 16;

/** Waits for browsers. */
export interface Loopback {
  /** With a port of its own, on 127.0.0.1. */
  readonly redirectUrl: string;
  /** A new state; the one before counts no longer. */
  newState(): string;
  /** The parameters with which a browser came back with the newest state. Rejects with the signal. */
  answer(signal: AbortSignal): Promise<URLSearchParams>;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. Rejects when there is none. */
export async function openLoopback(): Promise<Loopback> {
  const loopback = new BrowserLoopback();
  await loopback.listen();
  return loopback;
}

class BrowserLoopback implements Loopback {
  readonly #server: Server;
  #state: string | undefined;
  #answer = Promise.withResolvers<URLSearchParams>();

  constructor() {
    this.#server = createServer({
      headersTimeout: HEAD_MS_MAX,
      requestTimeout: HEAD_MS_MAX,
      maxHeaderSize: HEAD_BYTES_MAX,
    });
    this.#server.maxConnections = CONNECTIONS_MAX;
    this.#server.on('request', (request, response) => this.#serve(request, response));
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get redirectUrl(): string {
    return `http://${this.#host}${PATH}`;
  }

  newState(): string {
    this.#state = randomBytes(32).toString('base64url');
    this.#answer = Promise.withResolvers<URLSearchParams>();
    return this.#state;
  }

  async answer(signal: AbortSignal): Promise<URLSearchParams> {
    signal.throwIfAborted();
    const ended = Promise.withResolvers<never>();
    const end = (): void => ended.reject(signal.reason);
    signal.addEventListener('abort', end, { once: true });
    try {
      return await Promise.race([this.#answer.promise, ended.promise]);
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  get #host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { method, url = '', headers } = request;
    // A name that somebody lets lead here is not this place.
    if (headers.host !== this.#host) return say(response, 421, 'This is another place.');
    if (method !== 'GET') return say(response, 405, 'There is nothing to send here.');
    const [path = '', query = ''] = url.split('?', 2);
    if (path !== PATH) return say(response, 404, 'There is nothing here.');
    const parameters = new URLSearchParams(query);
    if (!this.#isExpected(parameters.getAll('state'))) {
      return say(response, 400, 'No login waits for this. Begin it again.');
    }
    this.#state = undefined;
    this.#answer.resolve(parameters);
    const text = 'Thank you. You can close this window and go back to the terminal.';
    return say(response, 200, text);
  }

  #isExpected([given, ...more]: readonly string[]): boolean {
    if (given === undefined || more.length > 0 || this.#state === undefined) return false;
    const [one, other] = [Buffer.from(given), Buffer.from(this.#state)];
    return one.length === other.length && timingSafeEqual(one, other);
  }
}

/** Says nothing of what came, which is anybody's. */
function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'",
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    Connection: 'close',
  });
  response.end(`${text}\n`);
}
