// Owns the merging of an image's layers in memory: what replaces what, what a layer took away, and
// where a path leads through the image's own links. Refuses paths and links beyond its root.

import { posix } from 'node:path';
import { checkLink, checkPath } from '../content/index.ts';
import { isAgentError } from '@opencomputer/contracts';
import { cleanPath, foldName, treeFault } from './tree-writer.ts';
import type { ArchiveEntry } from './tree-writer.ts';

/** What is at a path of an image. `content` is a file of ours that holds the bytes. */
export type ImageNode =
  | { readonly kind: 'folder'; readonly children: Map<string, ImageNode> }
  | { readonly kind: 'file'; readonly isProgram: boolean; readonly content: string }
  | { readonly kind: 'link'; readonly target: string };

type Folder = ImageNode & { kind: 'folder' };

/** One node with its path from the root. */
export interface ImageEntry {
  readonly path: string;
  readonly node: ImageNode;
}

const linksMax = 40;
const whiteout = '.wh.';
const opaque = '.wh..wh..opq';

/** One root file system in the making. Throws PLUGIN_TREE beyond twice `entriesMax` entries. */
export class ImageTree {
  readonly #root = newFolder();
  readonly #entriesMax: number;
  /** What this layer brought: its own whiteouts do not take that away. */
  #fresh = new Set<ImageNode>();
  #count = 0;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  /** Begins the next layer, which may take away what lower ones brought. */
  startLayer(): void {
    this.#fresh = new Set();
  }

  /** `content` is where the caller put the body of a file. */
  add(entry: ArchiveEntry, content: string): void {
    const path = imagePath(entry.path);
    if (path === '') return;
    this.#count += 1;
    if (this.#count > this.#entriesMax * 2) {
      throw treeFault('', `more than ${this.#entriesMax * 2} files`);
    }
    const folder = this.#folderAt(posix.dirname(path));
    const name = posix.basename(path);
    if (name === opaque) this.#emptyLower(folder);
    else if (name.startsWith(whiteout)) this.#removeLower(folder, name.slice(whiteout.length));
    else if (entry.kind === 'folder') this.#fresh.add(this.#childFolder(folder, name));
    else this.#put(folder, name, this.#nodeOf(entry, content));
  }

  /** What is there in the end, folders before what is in them; and what cannot be kept, by path. */
  list(): { readonly entries: readonly ImageEntry[]; readonly leftOut: readonly string[] } {
    return listTree(this.#root);
  }

  #nodeOf(entry: Exclude<ArchiveEntry, { kind: 'folder' }>, content: string): ImageNode {
    if (entry.kind === 'link') return { kind: 'link', target: entry.target };
    if (entry.kind === 'file') return { kind: 'file', isProgram: entry.isProgram, content };
    const from = imagePath(entry.target);
    const there = this.#folderAt(posix.dirname(from)).children.get(posix.basename(from));
    if (there !== undefined && there.kind !== 'folder') return { ...there };
    throw treeFault(entry.path, 'a hard link to what is no earlier file of the image');
  }

  #put(folder: Folder, name: string, node: ImageNode): void {
    folder.children.set(name, node);
    this.#fresh.add(node);
  }

  #childFolder(parent: Folder, name: string): Folder {
    const child = parent.children.get(name);
    if (child?.kind === 'folder') return child;
    const made = newFolder();
    this.#put(parent, name, made);
    return made;
  }

  /** The folder at a path, through links as in a root of its own; made where there is none. */
  #folderAt(path: string): Folder {
    let pending = partsOf(path);
    let trail: Folder[] = [];
    for (let links = 0; pending.length > 0;) {
      const [name = '', ...rest] = pending;
      pending = rest;
      const here = trail.at(-1) ?? this.#root;
      const child = here.children.get(name);
      if (name === '..') trail = trail.slice(0, -1);
      else if (child?.kind === 'link') {
        links += 1;
        if (links > linksMax) throw treeFault(path, 'links that lead in a circle');
        if (child.target.startsWith('/')) trail = [];
        pending = [...partsOf(child.target), ...rest];
      } else trail = [...trail, this.#childFolder(here, name)];
    }
    return trail.at(-1) ?? this.#root;
  }

  #removeLower(folder: Folder, name: string): void {
    const node = folder.children.get(name);
    if (node === undefined) return;
    if (node.kind === 'folder') this.#emptyLower(node);
    const isKept = node.kind === 'folder' && node.children.size > 0;
    if (!this.#fresh.has(node) && !isKept) folder.children.delete(name);
  }

  #emptyLower(folder: Folder): void {
    for (const name of folder.children.keys()) this.#removeLower(folder, name);
  }
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

function newFolder(): Folder {
  return { kind: 'folder', children: new Map() };
}

/** As `/` is the image's own root, a path that goes above it is an attack and nothing else. */
function imagePath(text: string): string {
  const path = cleanPath(text.replace(/^\/+/, ''));
  const parts = path.split('/');
  const isOdd = parts.some((part) => part === '..' || part.length > 255);
  if (isOdd || path.includes('\0') || path.length > 4_096 || parts.length > 100) {
    throw treeFault(text, 'a path that leads out of the image');
  }
  return partsOf(path).join('/');
}

function listTree(root: Folder): ReturnType<ImageTree['list']> {
  const entries: ImageEntry[] = [];
  const leftOut: string[] = [];
  const seen = new Set<string>();
  const visit = (folder: Folder, below: string): void => {
    for (const [name, node] of folder.children) {
      const path = below === '' ? name : `${below}/${name}`;
      const kept = node.kind === 'link' ? inRoot(path, node.target) : node;
      if (!canKeep(path, kept) || seen.has(foldName(path))) {
        leftOut.push(path);
        continue;
      }
      seen.add(foldName(path));
      entries.push({ path, node: kept });
      if (kept.kind === 'folder') visit(kept, path);
    }
  };
  visit(root, '');
  return { entries, leftOut };
}

/** A link that means the same when the image is no root: relative, and never above it. */
function inRoot(path: string, target: string): ImageNode {
  const above = posix.dirname(path);
  const leads = posix.join('/', target.startsWith('/') ? target : posix.join(above, target));
  const isPlain = !target.startsWith('/') && !posix.join(above, target).startsWith('..');
  const relative = posix.relative(posix.join('/', above), leads);
  return { kind: 'link', target: isPlain ? target : relative === '' ? '.' : relative };
}

/** What the content store would refuse; images hold such names, and run without them. */
function canKeep(path: string, node: ImageNode): boolean {
  try {
    checkPath(path);
    if (node.kind === 'link') checkLink(path, node.target);
    return true;
  } catch (error) {
    if (!isAgentError(error, 'PLUGIN_TREE')) throw error;
    return false;
  }
}
