// Owns the body of a plugin's request: its beginning is held, so that secrets can be put in and a
// redirect can send it again; the rest streams. Refuses a placeholder in what was not held.

import type { IncomingMessage } from 'node:http';
import { AgentError } from '@opencomputer/contracts';
import type { EgressLimits } from './limits.ts';
import { PLACEHOLDER_BYTES_MAX, placeholdersIn } from './placeholder.ts';
import type { BodyKind } from './placeholder.ts';

/** A body, as far as it was read. */
export interface HeldBody {
  readonly bytes: Buffer;
  /** False when more follows in the request. */
  readonly isWhole: boolean;
  readonly kind: BodyKind;
}

/** What reading a body needs to know. */
export interface BodyOptions {
  readonly limits: EgressLimits;
  /** Called for every chunk: something moves. */
  onProgress(): void;
}

/** Reads until the end or until more than `heldBodyBytesMax` are there. Rejects when it breaks off. */
export async function holdBody(
  request: IncomingMessage,
  kind: BodyKind,
  { limits: { heldBodyBytesMax }, onProgress }: BodyOptions,
): Promise<HeldBody> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of piecesOf(request)) {
    onProgress();
    chunks.push(chunk);
    length += chunk.length;
    if (length > heldBodyBytesMax) return { bytes: Buffer.concat(chunks), isWhole: false, kind };
  }
  return { bytes: Buffer.concat(chunks), isWhole: true, kind };
}

/**
 * A body that is too long to be held, from its beginning. Throws EGRESS_SECRET at a placeholder
 * when `isWatched`, and EGRESS_LIMIT; what came before has been sent then.
 */
export async function* streamBody(
  request: IncomingMessage,
  held: HeldBody,
  options: BodyOptions & { readonly isWatched: boolean },
): AsyncGenerator<Buffer> {
  let sent = 0;
  let tail = '';
  const pass = (chunk: Buffer): Buffer => {
    options.onProgress();
    sent += chunk.length;
    const bytesMax = options.limits.requestBytesMax;
    if (sent > bytesMax) throw new AgentError('EGRESS_LIMIT', { what: 'The request', bytesMax });
    if (!options.isWatched) return chunk;
    const text = tail + chunk.toString('latin1');
    const [secret] = placeholdersIn(text, held.kind);
    if (secret !== undefined) throw tooLong(secret);
    tail = text.slice(-PLACEHOLDER_BYTES_MAX);
    return chunk;
  };
  yield pass(held.bytes);
  for await (const chunk of piecesOf(request)) yield pass(chunk);
}

/** A secret is put only into bodies that are held whole. */
export function tooLong(secret: string): AgentError {
  return new AgentError('EGRESS_SECRET', { secret, problem: 'the body is too long' });
}

/** The chunks of a request, which stays usable when the reading stops early. */
function piecesOf(request: IncomingMessage): AsyncIterable<Buffer> {
  const pieces: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  return pieces;
}
