// Owns which paths are inside the folders that a person granted, after every link is followed. Refuses
// everything else, and says no more of it than that it is outside.

import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { isWithheld } from './withheld.ts';

/** A path that may be used; `shown` is how a person knows it, relative to its folder. */
export interface GrantedPath {
  /** Absolute, without links. */
  readonly path: string;
  readonly shown: string;
  readonly exists: boolean;
}

export type PathAnswer = GrantedPath | { readonly refusal: string };

const PATH_CHARACTERS_MAX = 4_096;

/** True when `path` is `folder` or under it; both absolute and without links. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`));
}

/** The granted folders as they are on disk; those that are not there are left out. */
export async function realFolders(folders: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(folders.map((folder) => realpath(folder).catch(() => undefined)));
  return [...new Set(found.filter((folder) => folder !== undefined))];
}

/**
 * Resolves a path against the granted folders. A relative one is looked for in each; the first in
 * which it exists is taken, else the first folder. `exists: false` = it could be created there.
 */
export async function grantPath(asked: string, folders: readonly string[]): Promise<PathAnswer> {
  if (asked.trim() === '' || asked.includes('\0') || asked.length > PATH_CHARACTERS_MAX) {
    return { refusal: 'That is not a path.' };
  }
  const roots = await realFolders(folders);
  if (roots.length === 0) {
    return { refusal: 'No folder is granted. Start the agent in the folder to work in.' };
  }
  const plain = asked.startsWith('~/') ? join(homedir(), asked.slice(2)) : asked;
  const candidates = isAbsolute(plain) ? [plain] : roots.map((root) => resolve(root, plain));
  let missing: GrantedPath | undefined;
  for (const candidate of candidates) {
    const { path, exists } = await realPathOf(candidate);
    const root = roots.find((folder) => isInside(folder, path));
    if (root === undefined) continue;
    if (await isWithheld(root, path)) {
      return { refusal: `"${asked}" may hold keys, so I never open it.` };
    }
    const granted = { path, shown: relative(root, path) || basename(path), exists };
    if (exists) return granted;
    missing ??= granted;
  }
  return missing ?? { refusal: `"${asked}" is outside the folders that I may use.` };
}

/** The path with the links of its existing part followed. */
async function realPathOf(path: string): Promise<{ path: string; exists: boolean }> {
  const missing: string[] = [];
  let current = resolve(path);
  for (;;) {
    try {
      const found = await realpath(current);
      return { path: join(found, ...missing), exists: missing.length === 0 };
    } catch (error) {
      const parent = dirname(current);
      if (!isAbsent(error) || parent === current) return { path: sep, exists: false };
      missing.unshift(basename(current));
      current = parent;
    }
  }
}

/** True for "there is no such file"; a dangling link counts as absent, a loop of links does not. */
function isAbsent(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
