// Owns one request for a page: resolving its name, going to exactly the address that was checked, and
// bounds on redirects, size and time. Refuses addresses that are not public, at every redirect anew.

import { lookup } from 'node:dns/promises';
import { request as requestHttp } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { isPublicAddress } from './address.ts';

/** What a test may put in place of the network. */
export interface Network {
  /** Every address of a host name. */
  resolve(host: string): Promise<readonly string[]>;
  isAllowed(address: string): boolean;
}

/** A page as it came, at most `PAGE_BYTES_MAX`. */
export interface FetchedPage {
  /** After redirects. */
  readonly url: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly cut: boolean;
}

export const REDIRECTS_MAX = 5;
export const PAGE_BYTES_MAX = 5_000_000;
export const PAGE_MS_MAX = 20_000;
const ADDRESS_CHARACTERS_MAX = 4_000;
const HEADER_BYTES_MAX = 32_768;

export const publicNetwork: Network = {
  resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  isAllowed: isPublicAddress,
};

/** Reads an address that a person typed; `https` when it has none. Only web addresses are taken. */
export function readAddress(text: string): URL | { readonly refusal: string } {
  const plain = text.trim();
  const whole = /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(plain) ? plain : `https://${plain}`;
  const url = plain.length > ADDRESS_CHARACTERS_MAX ? null : URL.parse(whole);
  if (url !== null && url.protocol !== 'https:' && url.protocol !== 'http:') {
    return { refusal: `I only fetch http and https pages, not ${url.protocol.slice(0, 20)}` };
  }
  if (url === null || url.hostname === '') return { refusal: 'That is not a web address.' };
  if (url.username !== '' || url.password !== '') {
    return { refusal: 'I do not send passwords in an address.' };
  }
  url.hash = '';
  return url;
}

/** Fetches a page. A refusal says why there is none; cancelling rejects with the signal's reason. */
export async function fetchPage(
  start: URL,
  options: { readonly signal: AbortSignal; readonly network?: Network; readonly limitMs?: number },
): Promise<FetchedPage | { readonly refusal: string }> {
  const { network = publicNetwork, limitMs = PAGE_MS_MAX } = options;
  const late = AbortSignal.timeout(limitMs);
  const signal = AbortSignal.any([options.signal, late]);
  let url = start;
  try {
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
      const address = await checkedAddress(url, network, signal);
      if (typeof address !== 'string') return address;
      const response = await respond(url, address, signal);
      const next = redirectOf(response, url);
      if (next === undefined) return await readPage(response, url, signal);
      response.destroy();
      if ('refusal' in next) return next;
      url = next;
    }
    return { refusal: `${start.host} redirects more than ${REDIRECTS_MAX} times.` };
  } catch (error) {
    if (options.signal.aborted) throw error;
    if (late.aborted) return { refusal: `${url.host} did not answer within ${limitMs / 1000} s.` };
    return { refusal: `${url.host} cannot be reached: ${reasonOf(error)}.` };
  }
}

/** An address of the host; when one of them is not public none is taken. */
async function checkedAddress(
  url: URL,
  network: Network,
  signal: AbortSignal,
): Promise<string | { readonly refusal: string }> {
  signal.throwIfAborted();
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) === 0 ? await network.resolve(host) : [host];
  const [first] = addresses;
  if (first === undefined) return { refusal: `${url.host} has no address.` };
  if (!addresses.every((address) => network.isAllowed(address))) {
    return { refusal: `${url.host} is not on the public internet, so I do not fetch it.` };
  }
  return first;
}

/** Sends the request to the given address and no other, whatever the name means by now. */
async function respond(url: URL, address: string, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const request = send({
    agent: false,
    signal,
    hostname: address,
    ...(url.port === '' ? {} : { port: url.port }),
    path: `${url.pathname}${url.search}`,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    maxHeaderSize: HEADER_BYTES_MAX,
    headers: {
      host: url.host,
      'user-agent': 'Mozilla/5.0 (compatible; OpenComputer/0.1)',
      accept: 'text/html,application/xhtml+xml,application/json;q=0.9,text/*;q=0.8,*/*;q=0.1',
      'accept-language': 'en,*;q=0.5',
      'accept-encoding': 'gzip, br, deflate',
    },
  });
  request.once('response', resolve);
  request.once('error', reject);
  request.end();
  return promise;
}

function redirectOf(
  response: IncomingMessage,
  url: URL,
): URL | { readonly refusal: string } | undefined {
  const { statusCode = 0, headers } = response;
  if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined) {
    return undefined;
  }
  const next = URL.parse(headers.location, url);
  return next === null
    ? { refusal: `${url.host} redirects to no address.` }
    : readAddress(next.href);
}

async function readPage(
  response: IncomingMessage,
  url: URL,
  signal: AbortSignal,
): Promise<FetchedPage> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let cut = false;
  for await (const chunk of decoded(response, signal) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk.subarray(0, PAGE_BYTES_MAX - bytes));
    bytes += chunk.length;
    if (bytes <= PAGE_BYTES_MAX) continue;
    cut = true;
    break;
  }
  response.destroy();
  return {
    url: url.href,
    status: response.statusCode ?? 0,
    contentType: response.headers['content-type'] ?? '',
    body: Buffer.concat(chunks),
    cut,
  };
}

/** The body without its compression, piece by piece, so that a small one cannot become a huge one. */
function decoded(response: IncomingMessage, signal: AbortSignal): Readable {
  const encoding = (response.headers['content-encoding'] ?? '').trim().toLowerCase();
  const decoders = {
    gzip: createGunzip,
    'x-gzip': createGunzip,
    br: createBrotliDecompress,
    deflate: createInflate,
  };
  if (!Object.hasOwn(decoders, encoding)) return response;
  const decoder = decoders[encoding as keyof typeof decoders]();
  response.once('error', (error) => decoder.destroy(error));
  decoder.once('close', () => response.destroy());
  signal.addEventListener('abort', () => decoder.destroy(new Error('stopped')), { once: true });
  return response.pipe(decoder);
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known: Readonly<Record<string, string>> = {
    ENOTFOUND: 'there is no such host',
    EAI_AGAIN: 'names cannot be looked up now',
    ECONNREFUSED: 'it refuses connections',
    ECONNRESET: 'it closed the connection',
    EHOSTUNREACH: 'there is no way to it',
    ENETUNREACH: 'there is no network',
    CERT_HAS_EXPIRED: 'its certificate has expired',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted',
    ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
    HPE_HEADER_OVERFLOW: 'its headers are too large',
    Z_DATA_ERROR: 'its answer is damaged',
  };
  return known[code] ?? (code === '' ? 'its answer is broken' : code);
}
