// Owns the code of installed plugins: one read-only folder per tree, named by its digest. Refuses to
// hand out a tree that is not what its name says, so what runs is what was consented to.

import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, readdir, readlink } from 'node:fs/promises';
import { rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AgentError, isAgentError } from '@opencomputer/contracts';
import { syncFolder } from '../durable-file.ts';
import { readTree, treeFingerprint } from './tree.ts';
import type { Tree } from './tree.ts';

const digestPattern = /^[0-9a-f]{64}$/;
const partialPrefix = 'partial-';

/** A tree in the store. */
export interface StoredTree {
  readonly digest: string;
  readonly directory: string;
  readonly bytes: number;
}

/** The trees of one data directory. */
export interface ContentStore {
  /** Takes a copy of a folder. Throws PLUGIN_TREE; nothing is left of a copy that did not end. */
  add(directory: string): Promise<StoredTree>;
  /**
   * The folder of a tree that is as it was. Hashes it whole once in the life of this process, later
   * only when a file was touched. Throws PLUGIN_ALTERED; `plugin` is for its text.
   */
  open(digest: string, plugin: string): Promise<string>;
  /** Where a tree is, or would be; nothing is checked. */
  placeOf(digest: string): string;
  /** Hashes a tree whole: true when it is there and as it was. */
  verify(digest: string): Promise<boolean>;
  /** Removes all trees but these, and what interrupted copies left. Returns how many it removed. */
  keepOnly(digests: ReadonlySet<string>): Promise<number>;
}

/** A store in a folder, which is made with the first tree. */
export function createContentStore(root: string): ContentStore {
  /** Fingerprints of trees that this process has hashed. */
  const known = new Map<string, string>();
  const placeOf = (digest: string): string => join(root, digest);
  const verify = async (digest: string): Promise<boolean> => {
    const fingerprint = await unlessGone(() => treeFingerprint(placeOf(digest)));
    const tree = await unlessGone(() => readTree(placeOf(digest)));
    if (fingerprint === undefined || tree?.digest !== digest) {
      known.delete(digest);
      return false;
    }
    known.set(digest, fingerprint);
    return true;
  };
  return {
    add: async (directory) => {
      await mkdir(root, { recursive: true, mode: 0o700 });
      const partial = join(root, `${partialPrefix}${randomUUID()}`);
      try {
        await copyTree(directory, partial);
        const tree = await readTree(partial);
        await place(partial, { tree, target: placeOf(tree.digest), verify });
        return { digest: tree.digest, directory: placeOf(tree.digest), bytes: tree.bytes };
      } finally {
        await remove(partial);
      }
    },
    open: async (digest, plugin) => {
      const had = known.get(digest);
      const has = had && (await unlessGone(() => treeFingerprint(placeOf(digest))));
      if ((has !== undefined && has === had) || (await verify(digest))) return placeOf(digest);
      throw new AgentError('PLUGIN_ALTERED', { plugin });
    },
    placeOf,
    verify,
    keepOnly: async (digests) => {
      const names = (await unlessGone(() => readdir(root))) ?? [];
      const unused = names.filter((name) => isOurs(name) && !digests.has(name));
      for (const name of unused) await remove(join(root, name));
      return unused.length;
    },
  };
}

function isOurs(name: string): boolean {
  return digestPattern.test(name) || name.startsWith(partialPrefix);
}

/** Copies files and links, never through a link; limits are those of reading the copy. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o755 });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else if (entry.isFile()) {
      await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      const { mode } = await lstat(source);
      await chmod(target, (mode & 0o100) === 0 ? 0o444 : 0o555);
    } else {
      const problem = 'neither a file nor a folder';
      throw new AgentError('PLUGIN_TREE', { path: entry.name, problem });
    }
  }
}

/** Puts a copy under its name; one that is there already is kept when it is whole, else replaced. */
async function place(
  partial: string,
  to: { readonly tree: Tree; readonly target: string; verify(digest: string): Promise<boolean> },
): Promise<void> {
  if (await to.verify(to.tree.digest)) return;
  await remove(to.target);
  await rename(partial, to.target);
  await syncFolder(dirname(to.target));
}

async function remove(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
}

/** Undefined when it is gone, or not what a tree may be; other failures stay failures. */
async function unlessGone<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isAgentError(error, 'PLUGIN_TREE')) return undefined;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
