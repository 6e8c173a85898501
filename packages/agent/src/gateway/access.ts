// Owns who may speak to the loopback port: the key, and which names a browser may reach it by.
// Refuses decisions about what a caller may do once it is in.

import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AgentError } from '@opencomputer/contracts';

const loopbackName = String.raw`(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?`;
const loopbackHost = new RegExp(`^${loopbackName}$`, 'i');
const loopbackOrigin = new RegExp(`^https?://${loopbackName}$`, 'i');
const bearer = /^Bearer +([\x21-\x7e]+) *$/i;

/** What is checked, before anything else of a request is read. */
export type RequestHead = Pick<IncomingMessage, 'url' | 'headers'>;

/**
 * Checks the head of a request. `Host` must name this machine: a page
 * whose own name was pointed at 127.0.0.1 (DNS rebinding) sends that name. Any `Origin` must be
 * loopback too. The key is compared by digests, in constant time. Throws INPUT_INVALID,
 * ORIGIN_REFUSED or UNAUTHORISED.
 */
export function createAccessCheck(apiKey: string): (request: RequestHead) => void {
  if (apiKey === '') throw new AgentError('INTERNAL', { problem: 'the API key is empty' });
  const expected = digest(apiKey);
  return ({ url, headers: { host, origin, authorization } }) => {
    // A whole URL here would name the host instead of the header (RFC 9112, 3.2.2).
    if (url?.startsWith('/') !== true) {
      throw new AgentError('INPUT_INVALID', { problem: 'the request must name a path' });
    }
    if (host === undefined || !loopbackHost.test(host)) {
      throw new AgentError('INPUT_INVALID', { problem: 'the Host header must name this machine' });
    }
    if (origin !== undefined && !loopbackOrigin.test(origin)) {
      throw new AgentError('ORIGIN_REFUSED');
    }
    const key = authorization === undefined ? undefined : bearer.exec(authorization)?.[1];
    if (key === undefined || !timingSafeEqual(digest(key), expected)) {
      throw new AgentError('UNAUTHORISED');
    }
  };
}

function digest(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}
