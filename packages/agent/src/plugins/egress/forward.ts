// Owns one request that the proxy makes for a plugin: secrets put in, sent, redirects followed, the
// answer brought back without secrets. Refuses to carry a secret or credentials to another host.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { AgentError, isAgentError } from '@opencomputer/contracts';
import { holdBody, streamBody, tooLong } from './body.ts';
import type { HeldBody } from './body.ts';
import { deliver } from './delivery.ts';
import { exchange } from './exchange.ts';
import type { ExchangeOptions, OutgoingMessage } from './exchange.ts';
import { asPlainAsPossible, endToEnd, valueOf, withoutCredentials } from './headers.ts';
import type { Field } from './headers.ts';
import { hostText } from './host.ts';
import { bodyKind, fillBody, fillHeader, placeholdersIn } from './placeholder.ts';
import { followRedirect, isRedirect } from './redirect.ts';
import type { Destination, Request } from './rules.ts';
import { Scrubber } from './scrubber.ts';
import type { OpenSecret } from './secret-forms.ts';
import type { DeclaredSecrets } from './secrets.ts';
import type { Target } from './target.ts';

/** What forwarding needs. */
export interface ForwardOptions extends ExchangeOptions {
  readonly secrets: DeclaredSecrets;
  /** Decides, and tells observers. Throws EGRESS_HOST or EGRESS_ADDRESS. */
  admit(request: Request): Destination;
  /** Something moved. */
  onProgress(): void;
}

/** What is asked of one host; the fields still have placeholders. */
interface Hop {
  readonly destination: Destination;
  readonly method: string;
  readonly path: string;
  readonly fields: readonly Field[];
  readonly body: HeldBody | undefined;
  readonly redirects: number;
}

const WITHOUT_BODY = ['GET', 'HEAD', 'DELETE', 'OPTIONS'];

/** Serves one request. Throws errors of the table, perhaps after the answer has begun. */
export async function forward(
  incoming: { readonly request: IncomingMessage; readonly response: ServerResponse },
  target: Target,
  options: ForwardOptions,
): Promise<void> {
  const { request, response } = incoming;
  const { method = 'GET' } = request;
  const destination = options.admit(target.request);
  const type = valueOf(target.fields, 'content-type');
  const kind = bodyKind(type, valueOf(target.fields, 'content-encoding'));
  const held = await holdBody(request, kind, options);
  const isEmpty = held.isWhole && held.bytes.length === 0;
  let hop: Hop = {
    destination,
    method,
    path: target.path,
    fields: endToEnd(target.fields),
    body: isEmpty && WITHOUT_BODY.includes(method) ? undefined : held,
    redirects: 0,
  };
  const opened = new Map<string, OpenSecret>();
  for (;;) {
    for (const secret of await options.secrets.open(hop.destination))
      opened.set(secret.name, secret);
    const scrubber = opened.size === 0 ? undefined : new Scrubber([...opened.values()]);
    const message = fill(hop, request, { options, opened: [...opened.values()] });
    const answer = await exchange(hop.destination, message, options);
    const { location } = answer.headers;
    if (location === undefined || !isRedirect(answer.statusCode, location)) {
      const { limits, onProgress } = options;
      const { responseBytesMax } = limits;
      const host = hostText(hop.destination.host);
      await deliver(answer, response, { host, method, responseBytesMax, scrubber, onProgress });
      return;
    }
    answer.destroy();
    if (scrubber?.finds(location)) throw unfollowed(hop.destination, 'the new place has a secret');
    hop = nextHop(hop, { status: answer.statusCode ?? 0, location }, options);
  }
}

function fill(
  hop: Hop,
  request: IncomingMessage,
  context: { readonly options: ForwardOptions; readonly opened: readonly OpenSecret[] },
): OutgoingMessage {
  const { destination, method, path, body } = hop;
  const { options, opened } = context;
  const source = options.secrets.sourceFor(destination, opened);
  const filled: Field[] = hop.fields.map(([name, value]) => [name, fillHeader(value, source)]);
  const fields = opened.length === 0 ? filled : asPlainAsPossible(filled);
  if (body === undefined) return { method, path, fields, body };
  const isWatched = !options.secrets.isEmpty;
  if (body.isWhole) {
    const text = isWatched ? body.bytes.toString('latin1') : '';
    const isFilled = placeholdersIn(text, body.kind).length > 0;
    const bytes = isFilled ? Buffer.from(fillBody(text, body.kind, source), 'latin1') : body.bytes;
    return { method, path, fields, body: bytes };
  }
  const [secret] = isWatched ? placeholdersIn(body.bytes.toString('latin1'), body.kind) : [];
  if (secret !== undefined) throw tooLong(secret);
  const chunks = streamBody(request, body, { ...options, isWatched });
  return { method, path, fields, body: { chunks, length: request.headers['content-length'] } };
}

function nextHop(
  hop: Hop,
  answer: { readonly status: number; readonly location: string },
  { admit, limits }: ForwardOptions,
): Hop {
  if (hop.redirects >= limits.redirectsMax)
    throw unfollowed(hop.destination, `more than ${limits.redirectsMax} in a row`);
  const next = followRedirect(hop, answer);
  const destination = admitted(hop.destination, () => admit(next.request));
  const { host, port, isPlain } = hop.destination;
  const isSame =
    destination.host.name === host.name &&
    destination.port === port &&
    destination.isPlain === isPlain;
  const body = next.keepsBody ? hop.body : undefined;
  if (body !== undefined && !body.isWhole)
    throw unfollowed(hop.destination, 'the body was too long to be sent again');
  const hasSecret = (text: string, kind: HeldBody['kind']): boolean =>
    placeholdersIn(text, kind).length > 0;
  if (!isSame && body !== undefined && hasSecret(body.bytes.toString('latin1'), body.kind))
    throw unfollowed(hop.destination, 'the body has a secret, and the new host is another one');
  const kept = next.keepsBody
    ? hop.fields
    : hop.fields.filter(([name]) => !name.toLowerCase().startsWith('content-'));
  const fields = isSame
    ? kept
    : withoutCredentials(kept).filter(([, value]) => !hasSecret(value, 'text'));
  const { method, path } = next;
  return { destination, method, path, fields, body, redirects: hop.redirects + 1 };
}

/** A refused redirect is the fault of the host that sent it, so it is said of that one. */
function admitted(from: Destination, admit: () => Destination): Destination {
  try {
    return admit();
  } catch (error) {
    if (!isAgentError(error)) throw error;
    const to = error.details['host'] ?? 'a host';
    throw unfollowed(from, `it leads to ${to}, which the plugin may not reach`);
  }
}

function unfollowed({ host }: Destination, problem: string): AgentError {
  return new AgentError('EGRESS_REDIRECT', { host: hostText(host), problem });
}
