// Owns requests to hosts that a person or an index named: which addresses, how many redirects, how
// long, how much. Refuses plain HTTP beyond this machine, and redirects from outside into its networks.

import { BlockList, isIP } from 'node:net';
import { AgentError } from '@opencomputer/contracts';
import type { Clock } from '@opencomputer/contracts';

/** The part of the standard `fetch` that is used. */
export type Fetch = (
  url: string,
  init: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
    readonly body?: Uint8Array<ArrayBuffer> | string;
  },
) => Promise<Response>;

/** Bounds of a request. */
export interface FetchLimits {
  readonly redirectsMax: number;
  /** Until the answer begins, and the longest pause within its body. */
  readonly requestMsMax: number;
}

/** One request. Header names are in lower case. */
export interface GuardedRequest {
  readonly url: string;
  readonly signal: AbortSignal;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | string;
  /** Plain HTTP to a host other than this machine, which an operator allowed by name. */
  readonly isInsecureAllowed?: boolean;
}

/** An answer of any status. */
export interface GuardedAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Where it came from in the end. */
  readonly url: string;
  /** The content in pieces, at most `bytesMax`; throws PLUGIN_SOURCE beyond. Must be read or dropped. */
  read(bytesMax: number): AsyncGenerator<Uint8Array>;
  /** Lets go of the content. */
  drop(): Promise<void>;
}

/** Throws PLUGIN_SOURCE when there is no answer. */
export type GuardedFetch = (request: GuardedRequest) => Promise<GuardedAnswer>;

/** A `fetch` that holds to the rules above. */
export function createGuardedFetch(
  ports: { readonly fetch: Fetch; readonly clock: Clock },
  limits: FetchLimits,
): GuardedFetch {
  return async (request) => {
    const { method = 'GET', signal, body } = request;
    let url = checkUrl(request.url, request.isInsecureAllowed === true);
    let headers = { 'accept-encoding': 'identity', ...request.headers };
    for (let redirects = 0; redirects <= limits.redirectsMax; redirects += 1) {
      const timer = createIdleTimer(ports.clock, limits.requestMsMax, signal);
      const answer = await timer.run(url, () =>
        ports.fetch(url.href, {
          method,
          headers,
          redirect: 'manual',
          signal: timer.signal,
          ...(body === undefined ? {} : { body }),
        }),
      );
      const location = answer.headers.get('location');
      const isRead = method === 'GET' || method === 'HEAD';
      if (!isRead || location === null || ![301, 302, 303, 307, 308].includes(answer.status)) {
        return answerOf(answer, url, timer);
      }
      await answer.body?.cancel();
      timer.stop();
      const next = nextUrl(url, location, request.isInsecureAllowed === true);
      if (next.origin !== url.origin) headers = withoutCredentials(headers);
      url = next;
    }
    throw fault(url, `more than ${limits.redirectsMax} redirects`);
  };
}

/** The content as text. Throws PLUGIN_SOURCE when it is longer. */
export async function readText(answer: GuardedAnswer, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.read(bytesMax)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** True for this machine, by its usual names. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  if (bare === 'localhost' || bare.endsWith('.localhost')) return true;
  return isIP(bare) > 0 && loopback.check(bare, isIP(bare) === 6 ? 'ipv6' : 'ipv4');
}

/** Parses an address and holds it to the rules. Throws PLUGIN_SOURCE. */
export function checkUrl(text: string, isInsecureAllowed = false): URL {
  if (!URL.canParse(text)) throw fault(text, 'no address');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw fault(url, 'an address with a password in it, which would be kept');
  }
  const isPlain = url.protocol === 'http:' && (isLoopback(url.hostname) || isInsecureAllowed);
  if (url.protocol !== 'https:' && !isPlain) throw fault(url, 'only https: is used');
  return url;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Networks that no public host has reason to send us to. */
const inside = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  inside.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  inside.addSubnet(network, bits, 'ipv6');
}

function isInside(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  const family = isIP(bare);
  if (family === 0) return isLoopback(host);
  // An IPv4 address in IPv6 form is looked up as what it is.
  return inside.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}

function nextUrl(from: URL, location: string, isInsecureAllowed: boolean): URL {
  if (!URL.canParse(location, from)) throw fault(from, 'a redirect to nowhere');
  const next = checkUrl(new URL(location, from).href, isInsecureAllowed);
  if (from.protocol === 'https:' && next.protocol !== 'https:') {
    throw fault(from, 'a redirect away from https:');
  }
  if (isInside(next.hostname) && next.hostname !== from.hostname && !isInside(from.hostname)) {
    throw fault(from, `a redirect into a private network, to ${next.hostname}`);
  }
  return next;
}

function withoutCredentials<T extends Record<string, string>>(headers: T): T {
  const { authorization: _authorization, cookie: _cookie, ...rest } = headers;
  return rest as T;
}

interface IdleTimer {
  readonly signal: AbortSignal;
  /** Runs one step; it must end in time. */
  run<T>(url: URL, step: () => Promise<T>): Promise<T>;
  stop(): void;
}

function createIdleTimer(clock: Clock, msMax: number, caller: AbortSignal): IdleTimer {
  const controller = new AbortController();
  const signal = AbortSignal.any([caller, controller.signal]);
  let cancel = (): void => undefined;
  return {
    signal,
    run: async (url, step) => {
      cancel = clock.after(msMax, () => controller.abort());
      try {
        return await step();
      } catch (error) {
        if (caller.aborted) throw new AgentError('TURN_CANCELLED', { reason: 'of the caller' });
        if (controller.signal.aborted) throw fault(url, `no answer in ${msMax / 1000} s`);
        throw fault(url, causeOf(error));
      } finally {
        cancel();
      }
    },
    stop: () => cancel(),
  };
}

function answerOf(answer: Response, url: URL, timer: IdleTimer): GuardedAnswer {
  const { status, headers, body } = answer;
  return {
    status,
    headers,
    url: url.href,
    drop: async () => {
      timer.stop();
      await body?.cancel();
    },
    async *read(bytesMax) {
      const reader = (body as ReadableStream<Uint8Array> | null)?.getReader();
      let bytes = 0;
      try {
        while (reader !== undefined) {
          const { done, value } = await timer.run(url, () => reader.read());
          if (done) return;
          bytes += value.byteLength;
          if (bytes > bytesMax) throw fault(url, `more than ${bytesMax} bytes`);
          yield value;
        }
      } finally {
        timer.stop();
        // What was not read is of no use, and what fails while it is let go of is neither.
        await reader?.cancel().catch(() => undefined);
      }
    },
  };
}

/** The reason below "fetch failed". */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return 'no connection';
  const { code } = cause as NodeJS.ErrnoException;
  return code ?? cause.message;
}

/** Without the query, which may hold a signature. */
function fault(url: URL | string, problem: string): AgentError {
  const shown = typeof url === 'string' ? url.slice(0, 200) : `${url.origin}${url.pathname}`;
  return new AgentError('PLUGIN_SOURCE', { reference: shown, problem });
}
