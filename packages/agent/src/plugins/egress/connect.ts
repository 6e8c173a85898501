// Owns the way from a destination to an open connection: one resolution, every address checked, and
// a connection to one of those. Refuses a name if any address of it is not public.

import { lookup } from 'node:dns/promises';
import { isIP, connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AgentError } from '@opencomputer/contracts';
import type { Clock } from '@opencomputer/contracts';
import { addressKind } from './address.ts';
import { hostText } from './host.ts';
import type { Destination } from './rules.ts';

/** The network of the machine, as far as a proxy needs it. */
export interface Network {
  /** All addresses of a name (no brackets, no ports). Called once for a connection. */
  resolve(name: string): Promise<readonly string[]>;
  /** Begins a connection to an address. Must never resolve anything. */
  dial(address: string, port: number): Socket;
}

/** What opening a connection needs. */
export interface ConnectOptions extends Network {
  readonly clock: Clock;
  readonly connectMsMax: number;
  /** Ends the attempt. */
  readonly signal: AbortSignal;
  /** Certificates to trust instead of the system's own, PEM; for tests. */
  readonly authorities?: readonly string[];
}

const ADDRESSES_MAX = 8;
/** After this a second address is tried beside the first (RFC 8305). */
const STAGGER_MS = 250;

/** The resolver and the sockets of the operating system. */
export const systemNetwork: Network = {
  // the final dot keeps the resolver from trying the machine's own domain behind the name
  resolve: async (name) =>
    (await lookup(`${name}.`, { all: true, order: 'verbatim' })).map(({ address }) => address),
  dial: (address, port) => {
    if (isIP(address) === 0) throw new TypeError('only addresses are dialled');
    return connect({ host: address, port, allowHalfOpen: true, noDelay: true });
  },
};

/** A connection without TLS. Throws EGRESS_ADDRESS, EGRESS_UPSTREAM, EGRESS_TIMEOUT. */
export async function openConnection(
  destination: Destination,
  options: ConnectOptions,
): Promise<Socket> {
  return within(destination, options, (signal) => open(destination, options, signal));
}

/** A connection with TLS, its certificate verified for the host. Throws as `openConnection`. */
export async function openSecureConnection(
  destination: Destination,
  options: ConnectOptions,
): Promise<Socket> {
  return within(destination, options, async (signal) => {
    const { host } = destination;
    const socket = await open(destination, options, signal);
    const secure = connectTls({
      socket,
      host: host.name,
      servername: host.isAddress ? '' : host.name,
      ALPNProtocols: ['http/1.1'],
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      ...(options.authorities === undefined ? {} : { ca: [...options.authorities] }),
    });
    return opened(secure, 'secureConnect', signal);
  });
}

async function open(
  { host, port, isLocal }: Destination,
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<Socket> {
  if (host.isAddress) {
    const kind = addressKind(host.name);
    if (kind !== 'public' && !isLocal)
      throw new AgentError('EGRESS_ADDRESS', { host: hostText(host), kind });
    return opened(options.dial(host.name, port), 'connect', signal);
  }
  const addresses = await options.resolve(host.name);
  signal.throwIfAborted();
  for (const address of addresses) {
    const kind = addressKind(address);
    if (kind !== 'public') throw new AgentError('EGRESS_ADDRESS', { host: host.name, kind });
  }
  const chosen = interleaved(addresses).slice(0, ADDRESSES_MAX);
  return race(chosen, (address, end) => opened(options.dial(address, port), 'connect', end), {
    clock: options.clock,
    signal,
  });
}

/** IPv6 and IPv4 in turn, in the order of the resolver. */
function interleaved(addresses: readonly string[]): string[] {
  const six = addresses.filter((address) => isIP(address) === 6);
  const four = addresses.filter((address) => isIP(address) === 4);
  return Array.from({ length: Math.max(six.length, four.length) }, (_, at) => [six[at], four[at]])
    .flat()
    .filter((address) => address !== undefined);
}

/** The first attempt that succeeds; the others are ended. */
async function race(
  addresses: readonly string[],
  attempt: (address: string, signal: AbortSignal) => Promise<Socket>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Socket> {
  const losers = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  let isDone = false;
  let openCount = 0;
  let next = 0;
  let cancelTimer = (): void => undefined;
  const start = (): void => {
    cancelTimer();
    const address = addresses[next];
    if (isDone || address === undefined) return;
    next += 1;
    openCount += 1;
    const won = (socket: Socket): void => {
      openCount -= 1;
      if (isDone) socket.destroy();
      isDone = true;
      resolve(socket);
    };
    const lost = (error: unknown): void => {
      openCount -= 1;
      if (next < addresses.length) start();
      else if (openCount === 0) reject(error);
    };
    attempt(address, AbortSignal.any([signal, losers.signal])).then(won, lost);
    cancelTimer = clock.after(STAGGER_MS, start);
  };
  if (addresses.length === 0) throw Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
  start();
  try {
    return await promise;
  } finally {
    isDone = true;
    cancelTimer();
    losers.abort();
  }
}

/** The socket when it is ready; destroyed when it fails or the signal comes first. */
async function opened<T extends Socket>(socket: T, event: string, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abort = (): void => reject(new Error('ended'));
  socket.once(event, () => resolve(socket));
  socket.on('error', reject);
  socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await promise;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function within(
  { host }: Destination,
  { clock, connectMsMax, signal }: ConnectOptions,
  run: (signal: AbortSignal) => Promise<Socket>,
): Promise<Socket> {
  const controller = new AbortController();
  const late = Promise.withResolvers<never>();
  const end = (error: Error): void => {
    late.reject(error);
    controller.abort();
  };
  const name = hostText(host);
  const leave = (): void => end(upstreamError(name, signal.reason));
  const cancelTimer = clock.after(connectMsMax, () =>
    end(new AgentError('EGRESS_TIMEOUT', { host: name, what: 'connecting' })),
  );
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  const work = run(controller.signal);
  try {
    return await Promise.race([late.promise, work]);
  } catch (error) {
    // what is ready at the very moment of the end is not left open
    work.then((socket) => socket.destroy()).catch(() => undefined);
    throw upstreamError(name, error);
  } finally {
    cancelTimer();
    signal.removeEventListener('abort', leave);
  }
}

/** An error of the network as one of the table; only its code is said, never what was sent. */
export function upstreamError(host: string, error: unknown): AgentError {
  if (error instanceof AgentError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const problem = typeof code === 'string' ? code : 'the connection failed';
  return new AgentError('EGRESS_UPSTREAM', { host, problem }, { cause: error });
}
