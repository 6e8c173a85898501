// Owns files without a name, by which a program is handed text that no other process may read.
// Refuses to leave them behind: the name is gone before the text is in.

import { closeSync, constants, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The descriptor of a file that holds `content` and is read from its start. The folder must exist
 * and be ours; `name` must be unused there.
 */
export function anonymousFile(folder: string, name: string, content: string | Buffer): number {
  const path = join(folder, name);
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const descriptor = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    unlinkSync(path);
    const bytes = Buffer.from(content);
    let written = 0;
    while (written < bytes.length) {
      // With a position, so that whoever inherits the descriptor reads from the start.
      written += writeSync(descriptor, bytes, written, bytes.length - written, written);
    }
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}
