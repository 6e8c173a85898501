// Owns the reading of what a request to the proxy is for: an authority for a tunnel, an absolute URL
// for an exchange. Refuses every other form, and a Host field that says something else.

import type { IncomingMessage } from 'node:http';
import { AgentError } from '@opencomputer/contracts';
import { fieldsOf, refuseAmbiguous, valueOf } from './headers.ts';
import type { Field } from './headers.ts';
import { parseAuthority } from './host.ts';
import { refuseInUrl } from './placeholder.ts';
import { sameAuthority } from './rules.ts';
import type { Request } from './rules.ts';

/** A request, read. */
export interface Target {
  readonly request: Request;
  /** Path and query; empty for a tunnel. */
  readonly path: string;
  readonly fields: readonly Field[];
}

const ABSOLUTE = /^(https?):\/\/([^/?#]+)([/?][^#]*)?$/i;
/** What a request line may have: no blanks, no controls, nothing beyond ASCII. */
const VISIBLE = /^[\x21-\x7e]+$/;

/** The target of `CONNECT host:port`. Throws EGRESS_REQUEST, EGRESS_HOST_INVALID. */
export function readTunnelTarget(message: IncomingMessage): Target {
  const fields = fieldsOf(message.rawHeaders);
  refuseAmbiguous(fields);
  const text = visible(message.url);
  const authority = parseAuthority(text);
  if (authority.port === undefined) throw refused('a tunnel needs a port');
  const hasBody = ['content-length', 'transfer-encoding'].some(
    (name) => valueOf(fields, name) !== undefined,
  );
  if (hasBody) throw refused('a tunnel has no body');
  const host = valueOf(fields, 'host');
  // some clients leave the port out here; the target has it
  if (host !== undefined && !sameAuthority(authority, host, authority.port))
    throw refused('Host and target differ');
  return { request: { ...authority, way: 'tunnel' }, path: '', fields };
}

/** The target of `GET http://host/path`. Throws EGRESS_REQUEST, EGRESS_HOST_INVALID, EGRESS_SECRET. */
export function readTarget(message: IncomingMessage): Target {
  const fields = fieldsOf(message.rawHeaders);
  refuseAmbiguous(fields);
  const [whole, scheme, host, rest = '/'] = ABSOLUTE.exec(visible(message.url)) ?? [];
  if (whole === undefined || scheme === undefined || host === undefined)
    throw refused('the target must be a URL that begins with http://');
  const way = scheme.toLowerCase() === 'http' ? 'http' : 'https';
  const authority = parseAuthority(host);
  const hostField = valueOf(fields, 'host');
  if (hostField === undefined && message.httpVersion !== '1.0') throw refused('Host is missing');
  if (hostField !== undefined && !sameAuthority(authority, hostField, way === 'http' ? 80 : 443))
    throw refused('Host and target differ');
  if (message.method === 'TRACE') throw refused('the method TRACE shows what was sent');
  if (/websocket/i.test(valueOf(fields, 'upgrade') ?? ''))
    throw refused('WebSockets go through a tunnel');
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  refuseInUrl(path);
  return { request: { ...authority, way }, path, fields };
}

function visible(text = ''): string {
  if (VISIBLE.test(text)) return text;
  throw refused('the target has a character that no URL has');
}

function refused(problem: string): AgentError {
  return new AgentError('EGRESS_REQUEST', { problem });
}
