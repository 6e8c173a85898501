// Owns the host's own way through a plugin's proxy: what the host asks for on behalf of a plugin is
// held to the same rules as its process. Refuses any other way to the network.

import { request as openRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { duplexPair } from 'node:stream';
import type { Duplex } from 'node:stream';
import type { EgressProxy } from './proxy.ts';

/** What is asked of the proxy. */
export interface InProcessRequest {
  readonly method: string;
  /** Whole, beginning with http:// or https://. */
  readonly url: string;
  /** In Latin-1, with placeholders where secrets belong. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
  readonly answerBytesMax: number;
}

export interface InProcessAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Absent when it has more than `answerBytesMax`. */
  readonly body?: Buffer;
}

/** A connection to a proxy, as a process of the plugin has it. */
export function connectInProcess(proxy: EgressProxy): Duplex {
  const [near, far] = duplexPair();
  near.on('error', () => near.destroy());
  // The halves of a pair do not tell each other when they are destroyed.
  near.once('close', () => far.destroy());
  far.once('close', () => near.destroy());
  proxy.connect(far);
  return near;
}

/** An answer whose body is still on its way. */
export interface OpenAnswer {
  readonly answer: IncomingMessage;
  /** Lets go of it, read or not. */
  close(): void;
}

/**
 * Sends a request through a proxy; a refusal of the proxy is an answer. Rejects when the connection
 * breaks before the end of the answer, and with the signal's reason.
 */
export async function requestThrough(
  proxy: EgressProxy,
  request: InProcessRequest,
): Promise<InProcessAnswer> {
  const { answer, close } = await openThrough(proxy, request);
  try {
    const read = await readWhole(answer, request.answerBytesMax);
    const { statusCode: status = 0, headers: fields } = answer;
    return { status, headers: fields, ...(read === undefined ? {} : { body: read }) };
  } catch (error) {
    request.signal.throwIfAborted();
    throw error;
  } finally {
    close();
  }
}

/** Sends a request through a proxy, and hands its answer over at its head. Ends it with the signal. */
export async function openThrough(
  proxy: EgressProxy,
  request: Omit<InProcessRequest, 'answerBytesMax'>,
): Promise<OpenAnswer> {
  const { method, url, headers, body, signal } = request;
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const connection = connectInProcess(proxy);
  const bytes = body === undefined ? undefined : Buffer.from(body);
  const length: [string, string][] = bytes ? [['Content-Length', String(bytes.length)]] : [];
  const outgoing = openRequest({
    createConnection: () => connection,
    method,
    path: url,
    headers: [['Host', new URL(url).host], ...headers, ...length, ['Connection', 'close']].flat(),
    insecureHTTPParser: false,
  });
  let opened: IncomingMessage | undefined;
  const end = (): void => {
    opened?.destroy(reasonOf(signal));
    connection.destroy();
    reject(signal.reason);
  };
  const close = (): void => {
    signal.removeEventListener('abort', end);
    connection.destroy();
  };
  signal.addEventListener('abort', end, { once: true });
  outgoing.once('response', resolve);
  outgoing.on('error', reject);
  outgoing.once('close', () => reject(new Error('no answer')));
  outgoing.end(bytes);
  try {
    opened = await promise;
    // What breaks is told to whoever reads; until then it must not end the process.
    opened.on('error', () => undefined);
    return { answer: opened, close };
  } catch (error) {
    close();
    signal.throwIfAborted();
    throw error;
  }
}

/**
 * A tunnel through a proxy to `host:port`, ready for the first byte. Rejects with the refusal of the
 * proxy, and with the signal's reason.
 */
export async function tunnelThrough(
  proxy: EgressProxy,
  authority: string,
  signal: AbortSignal,
): Promise<Duplex> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
  const connection = connectInProcess(proxy);
  const outgoing = openRequest({
    createConnection: () => connection,
    method: 'CONNECT',
    path: authority,
    headers: { Host: authority },
    insecureHTTPParser: false,
  });
  const end = (): void => {
    connection.destroy();
    reject(signal.reason);
  };
  signal.addEventListener('abort', end, { once: true });
  // Any answer to CONNECT comes here; only 200 opened the tunnel, and only then is it over.
  outgoing.once('connect', ({ statusCode = 0 }, stream: Duplex, head: Buffer) => {
    if (head.length > 0) stream.unshift(head);
    if (statusCode === 200) resolve(stream);
    else reject(new Error(`the proxy refused it: ${head.toString('utf8').slice(0, 500)}`));
  });
  outgoing.on('error', reject);
  outgoing.once('close', () => reject(new Error('no answer')));
  outgoing.end();
  try {
    return await promise;
  } catch (error) {
    connection.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', end);
  }
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error('ended', { cause: reason });
}

async function readWhole(answer: IncomingMessage, bytesMax: number): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > bytesMax) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
