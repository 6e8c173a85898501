// Owns the look of a folder's files, to tell whether a run changed any. Refuses to read their
// contents: size and time of change tell.

import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const FILES_MAX = 20_000;

/** Each file below a folder with its size and time; what build tools keep there is left out. */
export async function fingerprint(directory: string): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of await readdir(join(directory, folder), { withFileTypes: true })) {
      if (['.git', 'node_modules', 'target'].includes(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      else {
        const { size, mtimeMs } = await lstat(join(directory, path));
        found[path] = `${size} bytes of ${mtimeMs}`;
      }
      if (Object.keys(found).length > FILES_MAX) throw new Error(`more than ${FILES_MAX} files`);
    }
  }
  return found;
}
