// Owns that names in folders outlast a loss of power: a renamed or new file is there after it only
// when its folder was synced. Refuses the bytes of files: whoever writes them syncs them.

import { mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Waits until the names in a folder are on the disk. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The same for a folder and everything below it, the deepest first. */
export async function syncFolders(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await syncFolders(join(path, entry.name));
  }
  await syncFolder(path);
}

/** Makes a folder for its owner alone, with those above it; each has its name on the disk then. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) {
    await syncFolder(dirname(made));
  }
}
