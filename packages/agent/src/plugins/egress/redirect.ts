// Owns what a redirect asks for: which method and body the next request has, and where it goes.
// Refuses other schemes than those of the web, user names, and a body that cannot be sent again.

import { AgentError } from '@opencomputer/contracts';
import { hostText, parseAuthority } from './host.ts';
import type { Destination, Request } from './rules.ts';

/** Where a request goes next. */
export interface NextRequest {
  readonly request: Request;
  readonly path: string;
  readonly method: string;
  readonly keepsBody: boolean;
}

const STATUSES = [301, 302, 303, 307, 308];

/** True for an answer that a client follows. */
export function isRedirect(status: number | undefined, location: string | undefined): boolean {
  return location !== undefined && STATUSES.includes(status ?? 0);
}

/**
 * The next request, by the rules of fetch: 303 always and 301 and 302 after POST become GET.
 * `current` is where the answer came from. Throws EGRESS_REDIRECT.
 */
export function followRedirect(
  current: { readonly destination: Destination; readonly path: string; readonly method: string },
  answer: { readonly status: number; readonly location: string },
): NextRequest {
  const { destination, path, method } = current;
  const { host, port, isPlain } = destination;
  const origin = `${isPlain ? 'http' : 'https'}://${hostText(host)}:${port}`;
  const url = URL.parse(answer.location, `${origin}${path}`);
  const isWeb = url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
  if (!isWeb || url.username !== '' || url.password !== '')
    throw new AgentError('EGRESS_REDIRECT', {
      host: hostText(host),
      problem: 'the new place is not a plain web address',
    });
  const toGet =
    (answer.status === 303 && method !== 'HEAD') ||
    ((answer.status === 301 || answer.status === 302) && method === 'POST');
  return {
    request: { ...parseAuthority(url.host), way: url.protocol === 'http:' ? 'http' : 'https' },
    path: `${url.pathname}${url.search}`,
    method: toGet ? 'GET' : method,
    keepsBody: !toGet,
  };
}
