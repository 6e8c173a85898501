// Owns the key of the port: made at the first start, kept in a file that only its owner reads.
// Refuses to print it or to put it into an argument or a variable.

import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

/** The key in the file at `path`; made when there is none. 24 random bytes, base64url, `oc_` first. */
export function readApiKey(path: string): string {
  try {
    const key = `oc_${randomBytes(24).toString('base64url')}\n`;
    writeFileSync(path, key, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readFileSync(path, 'utf8').trim();
}
