// Owns the way of an answer back to the plugin: decoded if it must be, counted, without secrets, no
// faster than it is read. Refuses encodings that it cannot look into, and answers without end.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createUnzip, createZstdDecompress } from 'node:zlib';
import { AgentError } from '@opencomputer/contracts';
import { upstreamError } from './connect.ts';
import { endToEnd, fieldsOf, valueOf } from './headers.ts';
import type { Field } from './headers.ts';
import type { Scrubber } from './scrubber.ts';

/** What delivering needs to know. */
export interface DeliveryOptions {
  readonly host: string;
  readonly method: string;
  readonly responseBytesMax: number;
  /** Takes the secrets of this host out; absent when it has none. */
  readonly scrubber: Scrubber | undefined;
  /** Called for every chunk: something moves. */
  onProgress(): void;
}

const WITHOUT_BODY = [204, 304];
/** Fields that speak of the bytes as they were before something was taken out. */
const OF_THE_BYTES = ['content-encoding', 'content-md5', 'digest', 'content-digest', 'repr-digest'];

/** Sends an answer on. Throws EGRESS_LIMIT or EGRESS_UPSTREAM, perhaps after the head was sent. */
export async function deliver(
  answer: IncomingMessage,
  response: ServerResponse,
  options: DeliveryOptions,
): Promise<void> {
  const { host, method, responseBytesMax: bytesMax, scrubber } = options;
  const fields = fieldsOf(answer.rawHeaders);
  const status = answer.statusCode ?? 502;
  const isEmpty = method === 'HEAD' || WITHOUT_BODY.includes(status);
  const length = valueOf(fields, 'content-length');
  if (!isEmpty && length !== undefined && Number(length) > bytesMax) throw tooMuch(bytesMax);
  // a decoder is chosen before the head is sent, so that a refusal can still be said
  const decoders = scrubber === undefined || isEmpty ? [] : decodersOf(host, fields);
  response.strictContentLength = true;
  const passed = scrubbed(endToEnd(fields), scrubber);
  if (scrubber === undefined && length !== undefined && status !== 204)
    passed.push(['Content-Length', length]);
  response.sendDate = false;
  response.writeHead(status, passed.flat());
  if (isEmpty) {
    answer.resume();
    response.end();
    return;
  }
  const count = counter(bytesMax, options.onProgress);
  const cleaner = scrubber === undefined ? [] : [scrubber.stream()];
  response.flushHeaders();
  try {
    await pipeline([answer, ...decoders, count, ...cleaner, response]);
  } catch (error) {
    throw upstreamError(host, error);
  }
}

function scrubbed(fields: readonly Field[], scrubber: Scrubber | undefined): Field[] {
  if (scrubber === undefined) return [...fields];
  return fields
    .filter(([name]) => !OF_THE_BYTES.includes(name.toLowerCase()) && !scrubber.finds(name))
    .map(([name, value]) => [name, scrubber.text(value)]);
}

function decodersOf(host: string, fields: readonly Field[]): Duplex[] {
  const codings = fields
    .filter(([name]) => name.toLowerCase() === 'content-encoding')
    .flatMap(([, value]) => value.toLowerCase().split(','))
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  const [coding, ...more] = codings;
  if (coding === undefined) return [];
  if (more.length === 0) {
    if (coding === 'br') return [createBrotliDecompress()];
    if (coding === 'zstd') return [createZstdDecompress()];
    if (['gzip', 'x-gzip', 'deflate'].includes(coding)) return [createUnzip()];
  }
  const problem = 'its answer is compressed in a way that cannot be looked into';
  throw new AgentError('EGRESS_UPSTREAM', { host, problem });
}

function counter(bytesMax: number, onProgress: () => void): Transform {
  let bytes = 0;
  return new Transform({
    transform: (chunk: Buffer, _encoding, callback) => {
      bytes += chunk.length;
      onProgress();
      if (bytes > bytesMax) callback(tooMuch(bytesMax));
      else callback(null, chunk);
    },
  });
}

function tooMuch(bytesMax: number): AgentError {
  return new AgentError('EGRESS_LIMIT', { what: 'The answer', bytesMax });
}
