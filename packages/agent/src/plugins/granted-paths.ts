// Owns which folders of the person a plugin is told of and may write to, by its manifest. Refuses to
// grant: the person's folders come with the call, and paths of the manifest with its consent.

import type { Permissions } from '@opencomputer/contracts';

/** Stands in a manifest for the folders that the person granted to the agent. */
const PERSONS_FOLDERS = 'folders';

/** The person's folders that a plugin may read: all of them, or none. */
export function readableFolders(
  { files }: Permissions,
  folders: readonly string[],
): readonly string[] {
  const isAsked = files.read.includes(PERSONS_FOLDERS) || files.write.includes(PERSONS_FOLDERS);
  return isAsked ? folders : [];
}

/** The person's folders that a plugin may write: all of them, or none. */
export function writableFolders(
  { files }: Permissions,
  folders: readonly string[],
): readonly string[] {
  return files.write.includes(PERSONS_FOLDERS) ? folders : [];
}
