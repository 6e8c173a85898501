// Owns what an error of SQLite or of the file system means in the error table.
// Refuses values: messages name tables and columns, never what was stored in them.

import type { Failure } from './writer-protocol.ts';

/** Primary result codes of SQLite (sqlite.org/rescode.html). */
const resultCode = {
  busy: 5,
  locked: 6,
  readonly: 8,
  inputOutput: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  notDatabase: 26,
} as const;

/** An error that already knows its place in the error table. */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.code);
    this.failure = failure;
  }
}

/** The entry of the error table for whatever SQLite, or a check of ours, has thrown. */
export function failureOf(error: unknown, file: string): Failure {
  if (error instanceof FailureError) return error.failure;
  const problem = error instanceof Error ? error.message : String(error);
  switch (primaryCode(error)) {
    case resultCode.constraint:
      return { code: 'STORE_CONFLICT', details: { expected: `to keep a rule: ${problem}` } };
    case resultCode.full:
      return { code: 'STORE_FULL', details: {} };
    case resultCode.corrupt:
    case resultCode.notDatabase:
      return { code: 'STORE_DAMAGED', details: { file, problem } };
    case resultCode.busy:
    case resultCode.locked:
      return { code: 'STORE_FAILED', details: { problem: 'another process holds the database' } };
    case resultCode.readonly:
    case resultCode.cannotOpen:
      return { code: 'STORE_UNREADABLE', details: { directory: file, problem } };
    default:
      return fileFailureOf(error, file, problem);
  }
}

/** True when the disk failed, and not the statement. */
export function isInputOutput(error: unknown): boolean {
  return primaryCode(error) === resultCode.inputOutput;
}

function primaryCode(error: unknown): number {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code & 0xff : -1;
}

function fileFailureOf(error: unknown, file: string, problem: string): Failure {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return { code: 'STORE_FULL', details: {} };
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return { code: 'STORE_UNREADABLE', details: { directory: file, problem } };
  }
  return { code: 'STORE_FAILED', details: { problem } };
}
