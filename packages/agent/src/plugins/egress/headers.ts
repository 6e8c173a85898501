// Owns which header fields pass the proxy in either direction (RFC 9110 section 7.6.1). Refuses
// fields that belong to one connection, and those that two readers could take differently.

import { AgentError } from '@opencomputer/contracts';

/** Name and value, in the order and spelling in which they came. */
export type Field = readonly [name: string, value: string];

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);
/** What says who asks; it stays behind when a redirect leads to another host. */
const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'cookie2']);
/** At most one may come, since the second could be the one that counts elsewhere. */
const SINGLE = ['host', 'content-length', 'transfer-encoding', 'content-type', 'content-encoding'];
/** A body of which pieces are asked for could give a secret away piece by piece. */
const RANGES: ReadonlySet<string> = new Set(['range', 'if-range', 'accept-encoding']);

/** The fields of `rawHeaders`. */
export function fieldsOf(rawHeaders: readonly string[]): Field[] {
  return Array.from({ length: rawHeaders.length / 2 }, (_, at) => [
    rawHeaders[2 * at] ?? '',
    rawHeaders[2 * at + 1] ?? '',
  ]);
}

/** The value of a field that comes at most once. */
export function valueOf(fields: readonly Field[], name: string): string | undefined {
  return fields.find(([each]) => each.toLowerCase() === name)?.[1];
}

/** Throws EGRESS_REQUEST for a single field that comes twice, two lengths, or a coding but chunked. */
export function refuseAmbiguous(fields: readonly Field[]): void {
  const names = fields.map(([name]) => name.toLowerCase());
  for (const name of SINGLE) {
    if (names.indexOf(name) === names.lastIndexOf(name)) continue;
    throw new AgentError('EGRESS_REQUEST', { problem: `the field ${name} comes twice` });
  }
  const coding = valueOf(fields, 'transfer-encoding') ?? 'chunked';
  if (coding.toLowerCase() !== 'chunked')
    throw new AgentError('EGRESS_REQUEST', { problem: 'the transfer coding is not known' });
  if (names.includes('content-length') && names.includes('transfer-encoding'))
    throw new AgentError('EGRESS_REQUEST', { problem: 'two lengths are given' });
}

/** Without the fields of one connection, those that Connection names, Host and the length. */
export function endToEnd(fields: readonly Field[]): Field[] {
  const named = fields
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.toLowerCase().split(','))
    .map((name) => name.trim());
  const dropped = new Set([...HOP_BY_HOP, ...named, 'host', 'content-length', 'expect']);
  return fields.filter(([name]) => !dropped.has(name.toLowerCase()));
}

/** Asks for a whole answer without compression, so that secrets in it can be found. */
export function asPlainAsPossible(fields: readonly Field[]): Field[] {
  const rest = fields.filter(([name]) => !RANGES.has(name.toLowerCase()));
  return [...rest, ['Accept-Encoding', 'identity']];
}

/** Without what says who asks. */
export function withoutCredentials(fields: readonly Field[]): Field[] {
  return fields.filter(([name]) => !CREDENTIALS.has(name.toLowerCase()));
}
