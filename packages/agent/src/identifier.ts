// Owns the identifiers of this process: UUID version 7 that never run backwards, also within one
// millisecond and when the machine's clock is set back. Refuses to be imported by anything but the
// composition root.

import { randomUUIDv7 } from 'node:crypto';
import type { IdentifierSource } from '@opencomputer/contracts';
import type { Database } from '@opencomputer/contracts/internal';

/**
 * A source whose every identifier sorts after the one before it (RFC 9562, 6.2: what was random is
 * counted on). Records and conversations are ordered by these, and Node's own are in any order
 * within a millisecond.
 */
export function createIdentifiers(
  next: () => string = randomUUIDv7,
  newest: string = '',
): IdentifierSource {
  let last = newest;
  return () => {
    const fresh = next();
    last = fresh > last ? fresh : successor(last);
    return last;
  };
}

const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * A source that goes on after the newest message and event of a store, so that a clock that was set
 * back between two processes does not put new turns before old ones.
 */
export async function identifiersAfter(
  database: Pick<Database, 'read'>,
): Promise<IdentifierSource> {
  const sql = `select max(id) as newest from
    (select max(id) as id from inbox union all select max(id) as id from events) as ends`;
  const reading = database.read<{ newest: string | null }>({ sql, parameters: [] });
  // A damaged index is for the checks to tell of; the agent starts, by its clock alone.
  const [found] = await reading.catch(() => []);
  const newest = found?.newest ?? '';
  return createIdentifiers(randomUUIDv7, shape.test(newest) ? newest : '');
}

/** Bits of time and random that count on; version and variant stay. */
const randomBits = 62n;
const variant = 0b10n << randomBits;

/** The last 12 digits, which a number holds exactly. */
const endDigits = 12;
const endMax = 16 ** endDigits - 1;

function successor(id: string): string {
  const end = Number.parseInt(id.slice(-endDigits), 16);
  if (end < endMax)
    return id.slice(0, -endDigits) + (end + 1).toString(16).padStart(endDigits, '0');
  const digits = id.replaceAll('-', '');
  const head = BigInt(`0x${digits.slice(0, 16)}`);
  const tail = (BigInt(`0x${digits.slice(16)}`) & ~variant) + 1n;
  const isFull = tail >> randomBits > 0n;
  const [high, low] = isFull ? [nextHead(head), 0n] : [head, tail];
  const hex = high.toString(16).padStart(16, '0') + (variant | low).toString(16);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The 12 bits after the version are counted on first, then the milliseconds before it. */
function nextHead(head: bigint): bigint {
  const isFull = (head & 0xfffn) === 0xfffn;
  return isFull ? (((head >> 16n) + 1n) << 16n) | 0x7000n : head + 1n;
}
