// Owns what a batch may consist of, the same on both databases.
// Refuses statements that end or escape the transaction, and values one database stores otherwise.

import { AgentError } from '@opencomputer/contracts';
import type { Statement } from '@opencomputer/contracts/internal';

/** Bytes of a batch that are neither text nor payload: numbers and the message around them. */
const parameterBytes = 8;

/** Anything else would end the transaction, leave it, or change the connection. */
const batchable = /^\s*(?:insert|update|delete|replace|with|select|create|alter|drop)\b/i;

/** Statements with parameters fit to send, and about how many bytes they carry. */
export interface BoundBatch {
  readonly statements: readonly Statement[];
  readonly bytes: number;
}

/** Checks a batch. Throws STORE_FAILED for COMMIT and the like, and for what no column holds. */
export function bindBatch(statements: readonly Statement[]): BoundBatch {
  let bytes = 0;
  const bound = statements.map((statement) => {
    checkBatchable(statement);
    const parameters = bindParameters(statement);
    for (const parameter of parameters) bytes += sizeOf(parameter);
    return { ...statement, parameters };
  });
  return { statements: bound, bytes };
}

function checkBatchable({ sql }: Statement): void {
  if (batchable.test(sql)) return;
  const problem = `a batch cannot hold "${sql.trim().split(/\s/, 1)[0] ?? ''}"`;
  throw new AgentError('STORE_FAILED', { problem });
}

/** The parameters of one statement, checked; views of larger buffers become copies. */
export function bindParameters({ parameters }: Statement): unknown[] {
  return parameters.map((parameter) => {
    if (typeof parameter === 'string' || typeof parameter === 'bigint' || parameter === null) {
      return parameter;
    }
    if (typeof parameter === 'number' && Number.isFinite(parameter)) return parameter;
    if (parameter instanceof Uint8Array) return standAlone(parameter);
    const problem = `a parameter is ${describe(parameter)}, which no column can hold`;
    throw new AgentError('STORE_FAILED', { problem });
  });
}

/** A structured clone carries a view's whole buffer: a pooled one would cost 64 kB a row. */
function standAlone(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

function sizeOf(parameter: unknown): number {
  if (typeof parameter === 'string') return parameter.length;
  return parameter instanceof Uint8Array ? parameter.byteLength : parameterBytes;
}

function describe(value: unknown): string {
  if (typeof value === 'number') return 'not a finite number';
  if (Array.isArray(value)) return 'a list';
  return value === undefined ? 'undefined' : `of type ${typeof value}`;
}
