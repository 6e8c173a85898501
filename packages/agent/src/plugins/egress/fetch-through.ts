// Owns the standard `fetch` over a plugin's proxy, for clients that want one: streams are handed on
// as they come. Refuses to pass a refusal of the proxy off as an answer of the host.

import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { errorTable } from '@opencomputer/contracts';
import { fieldsOf } from './headers.ts';
import { openThrough } from './in-process.ts';
import type { EgressProxy } from './proxy.ts';

/** The part of the standard `fetch` that clients of servers use. */
export type FetchThrough = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** Bodies that a status cannot have (Fetch standard, null body status). */
const WITHOUT_BODY = [204, 205, 304];
/** A refusal of the proxy is shorter; whatever is longer is not looked at. */
const REFUSAL_BYTES_MAX = 4_096;
/** Fields that the connection itself writes. */
const OF_THE_CONNECTION = ['host', 'connection', 'content-length', 'transfer-encoding'];

/**
 * A `fetch` by the rules of one plugin: bounded by its proxy in bytes and time, redirects followed by
 * the proxy. Rejects with a TypeError when the proxy refuses, and with the reason of the signal.
 */
export function fetchThrough(proxy: EgressProxy): FetchThrough {
  return async (url, init = {}) => {
    const { signal: _, ...rest } = init;
    const request = new Request(url, rest);
    const { method } = request;
    const body = request.body === null ? undefined : await request.bytes();
    const { answer, close } = await openThrough(proxy, {
      method,
      url: request.url,
      headers: [...request.headers].filter(([name]) => !OF_THE_CONNECTION.includes(name)),
      ...(body === undefined ? {} : { body }),
      signal: init.signal ?? new AbortController().signal,
    });
    answer.once('close', close);
    const status = answer.statusCode ?? 0;
    const headers = new Headers(fieldsOf(answer.rawHeaders).map(([name, value]) => [name, value]));
    if (method === 'HEAD' || WITHOUT_BODY.includes(status)) {
      answer.resume();
      return new Response(null, { status, headers });
    }
    if (!mayBeRefusal(answer)) {
      return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, {
        status,
        headers,
      });
    }
    const text = Buffer.concat(await Array.fromAsync<Buffer>(answer)).toString('utf8');
    const refusal = refusalIn(text);
    if (refusal !== undefined) throw new TypeError(refusal);
    return new Response(text, { status, headers });
  };
}

function mayBeRefusal({ statusCode = 0, headers }: IncomingMessage): boolean {
  const length = Number(headers['content-length'] ?? Number.POSITIVE_INFINITY);
  const type = headers['content-type'];
  return statusCode >= 400 && type === 'application/json' && length <= REFUSAL_BYTES_MAX;
}

/** What the proxy says; a host that says the same has refused, too. */
function refusalIn(text: string): string | undefined {
  try {
    const { code, text: reason } = JSON.parse(text) as { code?: unknown; text?: unknown };
    if (typeof code !== 'string' || typeof reason !== 'string') return undefined;
    return code.startsWith('EGRESS_') && code in errorTable ? reason : undefined;
  } catch {
    return undefined;
  }
}
