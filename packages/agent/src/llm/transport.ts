// Owns HTTP to model providers: a `fetch` over node:http with keep-alive and a limit on every
// wait and on bytes. Refuses redirects and compressed answers, so no byte arrives uncounted.

import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { AgentError } from '@opencomputer/contracts';
import type { Clock } from '@opencomputer/contracts';
import type { EngineLimits } from './limits.ts';

/** Less CPU time than the built-in `fetch` and some 60 MB less memory: see decision 0016. */
export interface Transport {
  readonly fetch: typeof globalThis.fetch;
  /** Ends every idle connection. */
  close(): void;
}

/** What the transport needs; `environment` is read for proxy settings only. */
export interface TransportOptions {
  readonly clock: Clock;
  readonly limits: TransportLimits;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

type TransportLimits = Pick<
  EngineLimits,
  'connectMsMax' | 'firstByteMsMax' | 'idleMsMax' | 'attemptMsMax' | 'answerBytesMax'
>;

/**
 * Connections per provider; more callers wait for one, first come first served. As many as turns run
 * at the same time, so that none waits here, where people have no shares.
 */
const SOCKETS_MAX = 320;
/** Bytes that wait for the reader before the socket is paused. */
const BUFFER_BYTES_MAX = 256 * 1024;

/**
 * Makes a transport. Its `fetch` takes the forms that the provider packages use: a URL, a method,
 * plain headers, a text body and a signal. It rejects with an `AgentError` for its own limits, with
 * an `AbortError` for the signal, with the error of the socket otherwise.
 */
export function createTransport(options: TransportOptions): Transport {
  const proxyEnv = proxySettings(options.environment ?? {});
  const pool = { keepAlive: true, maxSockets: SOCKETS_MAX, ...(proxyEnv ? { proxyEnv } : {}) };
  const agents = { 'http:': new HttpAgent(pool), 'https:': new HttpsAgent(pool) };
  return {
    fetch: async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      if (url.protocol !== 'http:' && url.protocol !== 'https:') {
        throw new TypeError(`${url.protocol} is not a protocol of a model provider`);
      }
      const exchange = { url, init: init ?? {}, agent: agents[url.protocol] };
      return send({ ...options, ...exchange }, false);
    },
    close: () => {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

interface Exchange extends TransportOptions {
  readonly url: URL;
  readonly init: RequestInit;
  readonly agent: HttpAgent | HttpsAgent;
}

function send(exchange: Exchange, again: boolean): Promise<Response> {
  return new Promise<Response>((resolve, reject) => {
    const { url, init, agent } = exchange;
    const body = typeof init.body === 'string' ? init.body : undefined;
    const headers = { ...(init.headers as Record<string, string> | undefined) };
    if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
    const start = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = start(url, { method: init.method ?? 'GET', headers, agent });
    const guard = createGuard(exchange, request);
    let answered = false;
    request.on('error', (error) => {
      guard.end();
      // A kept connection that the provider closed just now: nothing was read, so it is not counted.
      const stale = request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
      if (stale && !answered && !again && !guard.reason) resolve(send(exchange, true));
      else reject(guard.reason ?? error);
    });
    request.on('response', (response) => {
      answered = true;
      // Before its body is read nobody else listens; afterwards this does nothing.
      response.on('error', (error) => reject(guard.reason ?? error));
      try {
        resolve(toResponse(response, guard, exchange.limits.answerBytesMax));
      } catch (error) {
        guard.stop(error instanceof Error ? error : new Error(String(error)));
      }
    });
    request.end(body);
  });
}

/** Ends an exchange when one of its waits is too long, or when the caller aborts. */
interface Guard {
  /** Why the exchange was ended by us. */
  readonly reason: Error | undefined;
  /** A piece of the body arrived: the next one is waited for. */
  touch(): void;
  stop(reason: Error): void;
  /** The exchange is over; nothing is watched any more. */
  end(): void;
}

function createGuard({ clock, limits, init }: Exchange, request: ClientRequest): Guard {
  let reason: Error | undefined;
  let cancel: () => void = () => undefined;
  const signal = init.signal ?? undefined;
  const stop = (why: Error): void => {
    reason ??= why;
    end();
    request.destroy(reason);
  };
  const abort = (): void => stop(new DOMException('This operation was aborted', 'AbortError'));
  const end = (): void => {
    cancel();
    signal?.removeEventListener('abort', abort);
  };
  const wait = (limitMs: number): void => {
    cancel();
    const seconds = limitMs / 1000;
    cancel = clock.after(limitMs, () => stop(new AgentError('MODEL_TIMEOUT', { seconds })));
  };
  const streamed = typeof init.body === 'string' && init.body.includes('"stream":true');
  const answerMs = streamed ? limits.firstByteMsMax : limits.attemptMsMax;
  if (signal?.aborted) abort();
  else {
    signal?.addEventListener('abort', abort, { once: true });
    wait(limits.connectMsMax);
    request.on('socket', (socket) => {
      if (reason) return;
      if (!socket.connecting) wait(answerMs);
      else {
        const event = request.protocol === 'https:' ? 'secureConnect' : 'connect';
        socket.once(event, () => !reason && wait(answerMs));
      }
    });
  }
  return {
    get reason() {
      return reason;
    },
    touch: () => wait(streamed ? limits.idleMsMax : limits.attemptMsMax),
    stop,
    end,
  };
}

function toResponse(response: IncomingMessage, guard: Guard, bytesMax: number): Response {
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new AgentError('MODEL_ANSWER', { problem: `the answer is compressed (${encoding})` });
  }
  if (Number(response.headers['content-length'] ?? 0) > bytesMax) {
    throw new AgentError('MODEL_TOO_LONG', { bytesMax });
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const status = response.statusCode ?? 502;
  const bare = status === 204 || status === 205 || status === 304;
  if (bare) {
    guard.end();
    response.resume();
  }
  return new Response(bare ? null : toStream(response, guard, bytesMax), {
    status: status < 200 || status > 599 ? 502 : status,
    headers,
  });
}

function toStream(
  response: IncomingMessage,
  guard: Guard,
  bytesMax: number,
): ReadableStream<Uint8Array> {
  let bytes = 0;
  let over = false;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        response.on('data', (chunk: Buffer) => {
          if (over) return;
          guard.touch();
          bytes += chunk.length;
          if (bytes > bytesMax) {
            guard.stop(new AgentError('MODEL_TOO_LONG', { bytesMax }));
            return;
          }
          controller.enqueue(chunk);
          if ((controller.desiredSize ?? 0) <= 0) response.pause();
        });
        response.on('end', () => {
          guard.end();
          if (!over) controller.close();
          over = true;
        });
        response.on('error', (error) => {
          guard.end();
          if (!over) controller.error(guard.reason ?? error);
          over = true;
        });
      },
      pull() {
        response.resume();
      },
      cancel() {
        over = true;
        guard.end();
        response.destroy();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: BUFFER_BYTES_MAX }),
  );
}

const PROXY_NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy'];

function proxySettings(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> | undefined {
  const settings: Record<string, string> = {};
  for (const name of [...PROXY_NAMES, 'no_proxy']) {
    const value = environment[name];
    if (value) settings[name] = value;
  }
  return Object.keys(settings).length > 0 ? settings : undefined;
}
