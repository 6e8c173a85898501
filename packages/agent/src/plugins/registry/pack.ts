// Owns the archive of a plugin: the same bytes for the same tree, whenever and wherever it is packed.
// Refuses what changes while it is read, and the file of a private key.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AgentError } from '@opencomputer/contracts';
import { readTree } from '../content/index.ts';
import type { Tree, TreeEntry } from '../content/index.ts';
import { keyFileType } from './signing-key.ts';

/** A tree and its archive, `.tar.gz`. */
export interface PackedTree {
  readonly tree: Tree;
  readonly archive: Buffer;
}

/** It is sent in one piece, and unpacked by others with their own limits. */
const packedBytesMax = 256_000_000;
const blockBytes = 512;
/** Byte of the gzip header that names the system; 255: none. */
const systemByte = 9;

/** Packs a folder whose content nobody else changes. Throws PLUGIN_TREE. */
export async function packTree(directory: string): Promise<PackedTree> {
  const tree = await readTree(directory);
  if (tree.bytes > packedBytesMax) throw fault('the plugin', `more than ${packedBytesMax} bytes`);
  const parts: Buffer[] = [];
  for (const entry of tree.entries) parts.push(...(await partsOf(directory, entry)));
  const archive = gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)]), { level: 9 });
  archive[systemByte] = 255;
  return { tree, archive };
}

async function partsOf(directory: string, entry: TreeEntry): Promise<Buffer[]> {
  const { path, kind, content } = entry;
  const target = kind === 'link' ? content : '';
  const body = kind === 'link' ? Buffer.alloc(0) : await readFile(join(directory, path));
  if (kind !== 'link' && createHash('sha256').update(body).digest('hex') !== content) {
    throw fault(path, 'it changed while it was packed');
  }
  if (body.includes(keyFileType) && body.includes('"publicKey"')) {
    throw fault(path, 'the file of a private key, which nobody else may have');
  }
  const type = kind === 'link' ? '2' : '0';
  const mode = kind === 'file' ? 0o644 : 0o755;
  const records = attributesOf({ path, linkpath: target });
  const extension =
    records.length === 0
      ? []
      : [header({ path: 'pax', type: 'x', bytes: records.length }), records];
  const own = header({ path, target, type, mode, bytes: body.length });
  return [...extension, own, body].flatMap((part) => [part, padding(part.length)]);
}

/** Of a pax header (POSIX.1-2001), for names that the old header cannot hold. */
function attributesOf(names: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries(names)
    .filter(([, value]) => !isShort(value))
    .map(([key, value]) => {
      const rest = Buffer.byteLength(` ${key}=${value}\n`);
      // The length counts its own digits.
      const guess = rest + String(rest).length;
      return `${rest + String(guess).length} ${key}=${value}\n`;
    });
  return Buffer.from(lines.join(''));
}

function isShort(name: string): boolean {
  return /^[\x20-\x7e]*$/.test(name) && name.length <= 100;
}

function header(entry: {
  readonly path: string;
  readonly target?: string;
  readonly type: string;
  readonly mode?: number;
  readonly bytes: number;
}): Buffer {
  const { path, target = '', type, mode = 0o644, bytes } = entry;
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, digits: number): string =>
    `${value.toString(8).padStart(digits, '0')}\0`;
  if (isShort(path)) block.write(path, 0, 'latin1');
  else block.write('long', 0, 'latin1');
  block.write(octal(mode, 7), 100, 'latin1');
  block.write(octal(0, 7), 108, 'latin1');
  block.write(octal(0, 7), 116, 'latin1');
  block.write(octal(bytes, 11), 124, 'latin1');
  block.write(octal(0, 11), 136, 'latin1');
  block.write(type, 156, 'latin1');
  if (isShort(target)) block.write(target, 157, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function padding(bytes: number): Buffer {
  return Buffer.alloc((blockBytes - (bytes % blockBytes)) % blockBytes);
}

function fault(path: string, problem: string): AgentError {
  return new AgentError('PLUGIN_TREE', { path, problem });
}
