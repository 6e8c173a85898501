// Owns the form of sealed payloads: JSON in UTF-8. Refuses anything that is not plain data.

import { AgentError, isAgentError } from '@opencomputer/contracts';

/** Told of a row that cannot be used, and which it is. */
export type Report = (error: unknown, about: string) => void;

/** The bytes of a payload. */
export function encode(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/** The payload of bytes that a seal vouches for, so its shape is what was written. */
export function decode<Value>(bytes: Uint8Array): Value {
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as Value;
}

/** True when a row can never be opened: it was altered, or its person was erased. */
export function isUnreadable(error: unknown): boolean {
  return isAgentError(error, 'SEAL_BROKEN') || isAgentError(error, 'PERSON_ERASED');
}

/** Milliseconds since the Unix epoch in a UUID version 7 (RFC 9562, 5.7). */
export function timeOf(id: string): number {
  const at = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  if (Number.isNaN(at)) throw new AgentError('INTERNAL', { problem: `not an identifier: ${id}` });
  return at;
}
