// Owns the form of sealed payloads: JSON in UTF-8. Refuses anything that is not plain data.

import { AgentError } from '@opencomputer/contracts';

/** The bytes of a payload. */
export function encode(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/** The payload of bytes that a seal vouches for, so its shape is what was written. */
export function decode<Value>(bytes: Uint8Array): Value {
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as Value;
}

/** Milliseconds since the Unix epoch in a UUID version 7 (RFC 9562, 5.7). */
export function timeOf(id: string): number {
  const at = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  if (Number.isNaN(at)) throw new AgentError('INTERNAL', { problem: `not an identifier: ${id}` });
  return at;
}
