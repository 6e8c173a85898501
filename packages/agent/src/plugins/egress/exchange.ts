// Owns one request to one host, from the connection to the head of the answer. Refuses answers that
// break the grammar of HTTP or switch protocols.

import { request as openRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { openConnection, openSecureConnection, upstreamError } from './connect.ts';
import type { ConnectOptions } from './connect.ts';
import type { Field } from './headers.ts';
import { hostText } from './host.ts';
import type { EgressLimits } from './limits.ts';
import type { Destination } from './rules.ts';

/** What is sent, ready as it is. */
export interface OutgoingMessage {
  readonly method: string;
  /** Path and query, as the plugin wrote them. */
  readonly path: string;
  readonly fields: readonly Field[];
  /** Bytes, or a stream with its length when that is known; nothing for a request without body. */
  readonly body: Buffer | OutgoingStream | undefined;
}

export interface OutgoingStream {
  readonly chunks: AsyncIterable<Buffer>;
  readonly length: string | undefined;
}

/** What an exchange needs, beside the network. */
export interface ExchangeOptions extends ConnectOptions {
  readonly limits: EgressLimits;
}

/**
 * Sends a message; gives the answer when its head is there. The connection ends with the answer or
 * with `signal`. Throws EGRESS_UPSTREAM, EGRESS_TIMEOUT, EGRESS_ADDRESS and what the body throws.
 */
export async function exchange(
  destination: Destination,
  message: OutgoingMessage,
  options: ExchangeOptions,
): Promise<IncomingMessage> {
  const { host, isPlain } = destination;
  const socket = await (isPlain ? openConnection : openSecureConnection)(destination, options);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = openRequest({
    createConnection: () => socket,
    method: message.method,
    path: message.path,
    headers: rawFields(destination, message),
    maxHeaderSize: options.limits.headBytesMax,
    insecureHTTPParser: false,
  });
  outgoing.maxHeadersCount = 0;
  const end = (): void => {
    socket.destroy();
    reject(options.signal.reason);
  };
  options.signal.addEventListener('abort', end, { once: true });
  socket.once('close', () => options.signal.removeEventListener('abort', end));
  if (options.signal.aborted) end();
  outgoing.once('response', resolve);
  outgoing.on('error', reject);
  // a switch of protocols that nobody asked for ends without an error
  outgoing.once('close', () => reject(new Error('no answer')));
  send(outgoing, message.body).catch(reject);
  try {
    return checked(await promise);
  } catch (error) {
    socket.destroy();
    throw upstreamError(hostText(host), error);
  }
}

function rawFields({ host, port, isPlain }: Destination, message: OutgoingMessage): string[] {
  const { body } = message;
  const isUsual = port === (isPlain ? 80 : 443);
  const fields: Field[] = [
    ['Host', isUsual ? hostText(host) : `${hostText(host)}:${port}`],
    ...message.fields,
    ['Connection', 'close'],
  ];
  if (Buffer.isBuffer(body)) fields.push(['Content-Length', String(body.length)]);
  else if (body?.length !== undefined) fields.push(['Content-Length', body.length]);
  else if (body !== undefined) fields.push(['Transfer-Encoding', 'chunked']);
  return fields.flat();
}

async function send(outgoing: ClientRequest, body: OutgoingMessage['body']): Promise<void> {
  if (body === undefined || Buffer.isBuffer(body)) outgoing.end(body);
  else await pipeline(body.chunks, outgoing);
}

/** Answers whose end cannot be told for sure are refused. */
function checked(answer: IncomingMessage): IncomingMessage {
  const codings = answer.headers['transfer-encoding'];
  const isChunked = codings === undefined || codings.toLowerCase() === 'chunked';
  if (isChunked && !(codings !== undefined && 'content-length' in answer.headers)) return answer;
  throw Object.assign(new Error('ambiguous length'), { code: 'its answer is not valid' });
}
