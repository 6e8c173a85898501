// Owns what a folder of code holds, as a list with one digest over it. Refuses trees that two
// machines could read differently: ways out, special files, names that collide.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { AgentError } from '@opencomputer/contracts';

/** Bounds of one plugin's code. */
export const treeFilesMax = 50_000;
export const treeBytesMax = 2_000_000_000;
const pathBytesMax = 1_000;
const depthMax = 40;

/** A file of a tree, or a link within it. */
export interface TreeEntry {
  /** With `/`, relative to the tree. */
  readonly path: string;
  readonly kind: 'file' | 'program' | 'link';
  readonly bytes: number;
  /** Of the content of a file, hexadecimal; the target of a link. */
  readonly content: string;
}

/** A tree, sorted by path, and its digest: 64 hexadecimal digits. */
export interface Tree {
  readonly entries: readonly TreeEntry[];
  readonly bytes: number;
  readonly digest: string;
}

/** Reads a folder. Throws PLUGIN_TREE with the path that is wrong. */
export async function readTree(directory: string): Promise<Tree> {
  const entries: TreeEntry[] = [];
  let bytes = 0;
  for await (const found of walk(directory)) {
    const entry = await describe(directory, found);
    entries.push(entry);
    bytes += entry.bytes;
    if (entries.length > treeFilesMax) throw refusal('', `more than ${treeFilesMax} files`);
    if (bytes > treeBytesMax) throw refusal('', `more than ${treeBytesMax} bytes`);
  }
  const sorted = entries.toSorted((one, two) => compareBytes(one.path, two.path));
  checkNames(sorted);
  return { entries: sorted, bytes, digest: digestOf(sorted) };
}

/** Changes when a file of the tree is written, replaced or added; far cheaper than the digest. */
export async function treeFingerprint(directory: string): Promise<string> {
  const lines: string[] = [];
  for await (const { path } of walk(directory)) {
    const { size, mtimeNs, ctimeNs, ino } = await lstat(join(directory, path), { bigint: true });
    lines.push(`${path}\0${size}\0${mtimeNs}\0${ctimeNs}\0${ino}`);
  }
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex');
}

/** A name that cannot mean two things on two systems. Throws PLUGIN_TREE. */
export function checkPath(path: string): void {
  const parts = path.split('/');
  const isOdd = (part: string): boolean =>
    part === '' ||
    part === '.' ||
    part === '..' ||
    /[\p{Cc}\\:*?"<>|]/u.test(part) ||
    /[. ]$/.test(part) ||
    /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(part);
  if (parts.some(isOdd)) throw refusal(path, 'a name that not every system can have');
  if (parts.length > depthMax) throw refusal(path, `deeper than ${depthMax} folders`);
  if (Buffer.byteLength(path) > pathBytesMax) {
    throw refusal(path.slice(0, 100), `a path of more than ${pathBytesMax} bytes`);
  }
}

/**
 * A link leads to a place within the tree. A way up after a name is refused: the name may be a link
 * itself, so that nobody can tell from the text where the way up begins. Throws PLUGIN_TREE.
 */
export function checkLink(path: string, target: string): void {
  const leads = posix.normalize(posix.join(posix.dirname(path), target));
  const below = target.replace(/^(?:\.\.?(?:\/|$))+/, '');
  const isWithin =
    !target.startsWith('/') &&
    leads !== '..' &&
    !leads.startsWith('../') &&
    !below.split('/').includes('..');
  const isPlain = target !== '' && !/[\p{Cc}\\]/u.test(target);
  if (isWithin && isPlain && Buffer.byteLength(target) <= pathBytesMax) return;
  throw refusal(path, 'a link that leads out of the plugin');
}

interface Found {
  readonly path: string;
  readonly isLink: boolean;
}

async function* walk(directory: string, below = ''): AsyncGenerator<Found> {
  for (const entry of await readdir(join(directory, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    checkPath(path);
    if (entry.isDirectory()) yield* walk(directory, path);
    else if (entry.isFile() || entry.isSymbolicLink()) {
      yield { path, isLink: entry.isSymbolicLink() };
    } else throw refusal(path, 'neither a file nor a folder');
  }
}

async function describe(directory: string, { path, isLink }: Found): Promise<TreeEntry> {
  const file = join(directory, path);
  if (isLink) {
    const target = await readlink(file);
    checkLink(path, target);
    return { path, kind: 'link', bytes: 0, content: target };
  }
  const { mode, size } = await stat(file);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  const kind = (mode & 0o100) === 0 ? 'file' : 'program';
  return { path, kind, bytes: size, content: hash.digest('hex') };
}

/** Two names that some file system takes for one. */
function checkNames(entries: readonly TreeEntry[]): void {
  const seen = new Map<string, string>();
  for (const { path } of entries) {
    const folded = path.normalize('NFC').toLowerCase().toUpperCase();
    const other = seen.get(folded);
    if (other !== undefined) throw refusal(path, `the same name as ${other} on some systems`);
    seen.set(folded, path);
  }
}

function digestOf(entries: readonly TreeEntry[]): string {
  const hash = createHash('sha256').update('opencomputer tree 1\n');
  for (const { kind, content, path } of entries) hash.update(`${kind}\0${content}\0${path}\n`);
  return hash.digest('hex');
}

function compareBytes(one: string, two: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(two));
}

function refusal(path: string, problem: string): AgentError {
  return new AgentError('PLUGIN_TREE', { path: path === '' ? 'the plugin' : path, problem });
}
