// Owns the reading of what the kernel tells in files. Refuses to tell a missing file from an empty one:
// either says that the kernel has nothing to offer.

import { readFileSync } from 'node:fs';

/** The text of a file below /proc or /sys; empty when it is not there or not for us. */
export function kernelFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
