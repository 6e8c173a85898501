// Owns what a row vouches for: its plain columns and its payload, under a key of the installation.
// Refuses the order of rows: that is the chain's, which only the writer knows.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { AgentError } from '@opencomputer/contracts';
import { proofColumn } from '@opencomputer/contracts/internal';
import type { ProvenTable, RowProofs } from '@opencomputer/contracts/internal';

/** 128 bits of HMAC-SHA-256 (RFC 2104, section 5 allows the truncation). */
export const macBytes = 16;
/** The tag of AES-256-GCM at the end of a sealed payload stands for all of it. */
const tagBytes = 16;

type Row = Readonly<Record<string, unknown>>;

/** Proofs of the rows of one table under `key`. */
export function createRowProofs({ table, columns }: ProvenTable, key: KeyObject): RowProofs {
  const [idColumn = ''] = columns;
  const prove = (row: Row): Buffer => {
    const mac = createHmac('sha256', key).update(columnsText(columns, row));
    const payload = row['payload'];
    if (payload instanceof Uint8Array) mac.update(payload.subarray(-tagBytes));
    return mac.digest().subarray(0, macBytes);
  };
  return {
    prove: (row) => new Uint8Array(prove(row)),
    check: (row) => {
      if (isProven(row[proofColumn], prove(row))) return;
      throw new AgentError('SEAL_BROKEN', { table, row: String(row[idColumn]) });
    },
  };
}

/** A stored proof ends with the row's own part; what is before it is its place in the chain. */
function isProven(stored: unknown, expected: Buffer): boolean {
  if (!(stored instanceof Uint8Array) || stored.length < macBytes) return false;
  return timingSafeEqual(stored.subarray(-macBytes), expected);
}

/** Kind and length first, so that no two rows share the same text. */
function columnsText(columns: readonly string[], row: Row): string {
  let text = '';
  for (const column of columns) {
    const value = row[column];
    if (typeof value === 'string') text += `s${value.length}:${value}`;
    else if (value === null) text += 'n';
    else if (typeof value === 'number' || typeof value === 'bigint') text += `i${value};`;
    else throw new AgentError('INTERNAL', { problem: `${column} is no plain column` });
  }
  return text;
}
