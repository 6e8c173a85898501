// Owns the writing of what an archive holds into an empty folder of ours. Refuses every name, link and
// amount by which an archive reaches beyond that folder or means two things on two systems.

import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, stat, symlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AgentError } from '@opencomputer/contracts';
import { checkLink, checkPath } from '../content/index.ts';
import type { SourceLimits } from './limits.ts';

/** What an archive says that there is at a path; `path` is relative, with `/`. */
export type ArchiveEntry = { readonly path: string } & (
  | { readonly kind: 'folder' }
  | {
      readonly kind: 'file';
      readonly isProgram: boolean;
      /** Must be read to its end before the next entry is asked for. */
      readonly body: AsyncIterable<Uint8Array>;
    }
  | { readonly kind: 'link'; readonly target: string }
  /** The same file as an earlier entry. */
  | { readonly kind: 'hard-link'; readonly target: string }
);

/** Writes entries in the order in which they come. */
export interface TreeWriter {
  /** Throws PLUGIN_TREE with the entry that is wrong. */
  add(entry: ArchiveEntry): Promise<void>;
  /** Makes the links, after which nothing may be added. */
  finish(): Promise<void>;
}

/** How much one archive may become. */
export type WriterLimits = Pick<SourceLimits, 'entriesMax' | 'unpackedBytesMax'>;

interface Known {
  readonly path: string;
  readonly kind: ArchiveEntry['kind'];
  /** A folder that only followed from the name of something in it. */
  readonly isImplied?: boolean;
}

/** Writes into an existing folder that nobody else writes to. */
export function createTreeWriter(root: string, limits: WriterLimits): TreeWriter {
  const names = createEntryNames(limits.entriesMax);
  const links: { path: string; target: string }[] = [];
  const budget = createByteBudget(limits.unpackedBytesMax);

  const makeFolders = async (path: string): Promise<void> => {
    if (path === '.' || names.isFolder(path)) return;
    await makeFolders(posix.dirname(path));
    names.note(path, { kind: 'folder', isImplied: true });
    await mkdir(join(root, path));
  };

  const hardLink = async (path: string, target: string): Promise<void> => {
    const from = cleanPath(target);
    const there = names.get(from);
    if (there?.kind !== 'file') {
      throw treeFault(path, 'a hard link to what is no earlier file of the archive');
    }
    names.note(path, there);
    await budget.countFile(join(root, from));
    await copyFile(join(root, from), join(root, path));
  };

  const add = async (entry: ArchiveEntry, path: string): Promise<void> => {
    await makeFolders(posix.dirname(path));
    if (entry.kind === 'hard-link') return hardLink(path, entry.target);
    if (entry.kind === 'folder') {
      const isThere = names.isFolder(path);
      names.note(path, { kind: 'folder' });
      if (!isThere) await mkdir(join(root, path));
      return;
    }
    names.note(path, { kind: entry.kind });
    if (entry.kind === 'link') {
      checkLink(path, entry.target);
      links.push({ path, target: entry.target });
      return;
    }
    const mode = entry.isProgram ? 0o755 : 0o644;
    const output = createWriteStream(join(root, path), { flags: 'wx', mode });
    await pipeline(budget.count(entry.body), output);
  };

  return {
    add: async (entry) => {
      const path = cleanPath(entry.path);
      if (path === '' && entry.kind === 'folder') return;
      checkPath(path);
      await add(entry, path);
    },
    finish: async () => {
      // Last, so that nothing is ever written through a link.
      for (const { path, target } of links) await symlink(target, join(root, path));
    },
  };
}

interface EntryNames {
  get(path: string): Known | undefined;
  isFolder(path: string): boolean;
  /** Throws PLUGIN_TREE when there is something at that path, or at one that some take for it. */
  note(path: string, known: Omit<Known, 'path'>): void;
}

/** The names of one tree, as the least careful file system sees them. */
function createEntryNames(entriesMax: number): EntryNames {
  const names = new Map<string, Known>();
  const get = (path: string): Known | undefined => {
    const found = names.get(foldName(path));
    return found?.path === path ? found : undefined;
  };
  return {
    get,
    isFolder: (path) => get(path)?.kind === 'folder',
    note: (path, known) => {
      const other = names.get(foldName(path));
      if (other !== undefined && other.path !== path) {
        throw treeFault(path, `the same name as ${other.path} on some systems`);
      }
      // A folder may be named after what is in it, once; everything else comes once only.
      const isNamedLater = other?.isImplied === true && known.kind === 'folder';
      if (other !== undefined && !isNamedLater) throw treeFault(path, 'there twice');
      names.set(foldName(path), { path, ...known });
      if (names.size > entriesMax) throw treeFault('', `more than ${entriesMax} files`);
    },
  };
}

/** Counts bytes as they are written. */
export interface ByteBudget {
  count(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  countFile(path: string): Promise<void>;
}

/** Throws PLUGIN_TREE as soon as more bytes were counted. */
export function createByteBudget(bytesMax: number): ByteBudget {
  let bytes = 0;
  const add = (more: number): void => {
    bytes += more;
    if (bytes > bytesMax) throw treeFault('', `more than ${bytesMax} bytes when unpacked`);
  };
  return {
    async *count(body) {
      for await (const chunk of body) {
        add(chunk.byteLength);
        yield chunk;
      }
    },
    countFile: async (path) => {
      add((await stat(path)).size);
    },
  };
}

/** A name as a file system without regard for case and Unicode form sees it. */
export function foldName(path: string): string {
  return path.normalize('NFC').toLowerCase().toUpperCase();
}

/** Without the `./` before and the `/` after that archivers add. */
export function cleanPath(path: string): string {
  return path
    .replace(/^(?:\.\/)+/, '')
    .replace(/\/$/, '')
    .replace(/^\.$/, '');
}

/** UTF-8 and nothing else. Throws PLUGIN_TREE. */
export function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw treeFault(Buffer.from(bytes).toString('latin1'), 'a name that is not UTF-8');
  }
}

/** An error about one entry; an empty path means the archive as a whole. */
export function treeFault(path: string, problem: string): AgentError {
  const shown = path === '' ? 'the plugin' : JSON.stringify(path.slice(0, 200)).slice(1, -1);
  return new AgentError('PLUGIN_TREE', { path: shown, problem });
}
