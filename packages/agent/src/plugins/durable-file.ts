// Owns the replacement of small files so that a crash or a loss of power leaves the old one or the
// new one. Refuses to keep anything that may be read by others.

import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Replaces a file at once and durably; its folder is made when there is none. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const handle = await open(`${path}.new`, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.new`, path);
  await syncFolder(dirname(path));
}

/** Waits until the names in a folder are on the disk; Windows has no such wait. */
export async function syncFolder(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A folder whose names are made durable later, and which needs no further descriptor for that. */
export interface FolderSync {
  /** Waits until the names are on the disk, and lets go of the folder. */
  sync(): Promise<void>;
}

/**
 * Opens a folder, and makes it where there is none, before something changes in it: Node's permission
 * model forbids fsync in a plugin itself, and where no file can be opened nothing shall begin.
 */
export async function openFolderSync(directory: string): Promise<FolderSync> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (process.platform === 'win32') return { sync: async () => undefined };
  const folder = await open(directory, 'r');
  return {
    sync: async () => {
      try {
        await folder.sync();
      } finally {
        await folder.close();
      }
    },
  };
}
