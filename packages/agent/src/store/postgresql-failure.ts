// Owns what an error of PostgreSQL means in the error table, and which ones end by trying again.
// Refuses the server's detail lines, which quote what was stored.

import type { Failure } from './writer-protocol.ts';

/**
 * Two batches that could not both be as if alone: the later one may simply run again. 42710 is what
 * CREATE TABLE IF NOT EXISTS says when another session makes the table at the same moment.
 */
const raceCodes = new Set(['40001', '40P01', '42710']);

/** True when running the same batch again is right and safe: nothing of it was kept. */
export function isRace(error: unknown): boolean {
  return raceCodes.has(stateOf(error));
}

/** The entry of the error table for an error of the server or of the connection. */
export function postgresqlFailureOf(error: unknown): Failure {
  const problem = error instanceof Error ? error.message : String(error);
  const state = stateOf(error);
  if (state.startsWith('23')) {
    return { code: 'STORE_CONFLICT', details: { expected: `to keep a rule: ${problem}` } };
  }
  if (state === '53100') return { code: 'STORE_FULL', details: {} };
  if (state === '53300') return { code: 'STORE_BUSY', details: { limit: 'server connections' } };
  if (state === 'XX001' || state === 'XX002') {
    return { code: 'STORE_DAMAGED', details: { file: 'PostgreSQL', problem } };
  }
  return { code: 'STORE_FAILED', details: { problem } };
}

/** SQLSTATE (PostgreSQL manual, appendix A), or empty. */
function stateOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
