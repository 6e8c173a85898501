// Owns the reading of tar streams: POSIX.1-2001 (pax), ustar and GNU long names. Refuses devices,
// sparse files, headers that contradict each other, and names that are not UTF-8.

import { decodeName, treeFault } from './tree-writer.ts';
import type { ArchiveEntry } from './tree-writer.ts';

const blockBytes = 512;
/** Of a long name or of extended attributes. */
const extensionBytesMax = 1_000_000;

/** What extended headers say about the entry after them. */
interface Extension {
  path?: string;
  target?: string;
  bytes?: number;
}

/** The entries of a tar stream. Each body must be read before the next entry is asked for. */
export async function* readTar(stream: AsyncIterable<Uint8Array>): AsyncGenerator<ArchiveEntry> {
  const input = createBlockReader(stream);
  let extension: Extension = {};
  try {
    for (;;) {
      const block = await input.header();
      if (block === undefined) break;
      const header = readHeader(block);
      const bytes = extension.bytes ?? header.bytes;
      if ('xgLK'.includes(header.type)) {
        extension = extend(extension, header.type, await input.whole(header.bytes));
        continue;
      }
      const path = extension.path ?? header.path;
      const target = extension.target ?? header.target;
      extension = {};
      const body = input.body(bytes);
      yield entryOf({ ...header, path, target, bytes }, body);
      // Whoever did not want the body must not make the next header be read from it.
      for await (const rest of body) void rest;
    }
    if (Object.keys(extension).length > 0) throw treeFault('', 'a tar file that ends too early');
  } finally {
    await input.close();
  }
}

interface Header {
  readonly path: string;
  readonly target: string;
  readonly type: string;
  readonly bytes: number;
  readonly mode: number;
}

function entryOf(header: Header, body: AsyncIterable<Uint8Array>): ArchiveEntry {
  const { path, target, type, bytes, mode } = header;
  // Before 1988 a folder was a file whose name ended with a slash.
  const isFolder = type === '5' || (type === '0' && path.endsWith('/'));
  if (type !== '0' && bytes > 0) throw treeFault(path, 'content where there can be none');
  if (isFolder) {
    if (bytes > 0) throw treeFault(path, 'content where there can be none');
    return { path, kind: 'folder' };
  }
  if (type === '0') return { path, kind: 'file', isProgram: (mode & 0o100) !== 0, body };
  if (type === '2') return { path, kind: 'link', target };
  if (type === '1') return { path, kind: 'hard-link', target };
  throw treeFault(path, 'neither a file nor a folder');
}

function readHeader(block: Buffer): Header {
  let sum = 0;
  for (const [index, byte] of block.entries()) sum += index >= 148 && index < 156 ? 32 : byte;
  if (sum !== readNumber(block.subarray(148, 156))) throw treeFault('', 'a damaged tar file');
  const name = readText(block.subarray(0, 100));
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isPosix ? readText(block.subarray(345, 500)) : '';
  const type = block[156] === 0 ? '0' : String.fromCharCode(block[156] ?? 0);
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    target: readText(block.subarray(157, 257)),
    type,
    bytes: readNumber(block.subarray(124, 136)),
    mode: readNumber(block.subarray(100, 108)),
  };
}

/** Octal digits, or a binary number as GNU tar writes large ones. */
function readNumber(field: Buffer): number {
  if (((field[0] ?? 0) & 0x80) !== 0) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
    if (field[0] !== 0x80 || !Number.isSafeInteger(value))
      throw treeFault('', 'a damaged tar file');
    return value;
  }
  const digits = field
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trimStart();
  if (!/^[0-7]*$/.test(digits)) throw treeFault('', 'a damaged tar file');
  return Number.parseInt(`0${digits}`, 8);
}

/** The text before the first NUL. */
function readText(field: Uint8Array): string {
  const end = field.indexOf(0);
  return decodeName(end === -1 ? field : field.subarray(0, end));
}

function extend(before: Extension, type: string, body: Buffer): Extension {
  const more: Extension = {};
  if (type === 'L') more.path = readText(body);
  else if (type === 'K') more.target = readText(body);
  else Object.assign(more, readAttributes(body, type === 'g'));
  for (const key of ['path', 'target', 'bytes'] as const) {
    // Two readers of this archive would take two different names.
    if (before[key] !== undefined && more[key] !== undefined) {
      throw treeFault(String(more[key]), 'named twice');
    }
  }
  return { ...before, ...more };
}

/** Records of `<length> <key>=<value>\n` (POSIX.1-2001, pax). */
function readAttributes(body: Buffer, isGlobal: boolean): Extension {
  const found: Extension = {};
  const seen = new Set<string>();
  for (let offset = 0; offset < body.length;) {
    const space = body.indexOf(0x20, offset);
    const length = Number(body.toString('latin1', offset, Math.max(offset, space)));
    const record = body.subarray(space + 1, offset + length - 1);
    const equals = record.indexOf(0x3d);
    const isWhole = Number.isSafeInteger(length) && body[offset + length - 1] === 0x0a;
    if (space === -1 || !isWhole || length <= 0 || equals === -1) {
      throw treeFault('', 'damaged attributes in a tar file');
    }
    const key = record.toString('latin1', 0, equals);
    const value = decodeValue(key, record.subarray(equals + 1));
    if (seen.has(key)) throw treeFault(value, 'named twice');
    seen.add(key);
    if (/^GNU\.sparse|^hdrcharset$/.test(key)) throw treeFault('', `tar attribute ${key}`);
    if (isGlobal && /^(?:path|linkpath|size)$/.test(key)) {
      throw treeFault(value, 'one name for all files');
    }
    if (key === 'path') found.path = value;
    if (key === 'linkpath') found.target = value;
    if (key === 'size') found.bytes = sizeOf(value);
    offset += length;
  }
  return found;
}

/** Other attributes may hold anything, such as those of SELinux. */
function decodeValue(key: string, bytes: Buffer): string {
  if (key !== 'path' && key !== 'linkpath') return bytes.toString('latin1');
  if (bytes.includes(0)) throw treeFault(bytes.toString('latin1'), 'a name with NUL in it');
  return decodeName(bytes);
}

function sizeOf(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw treeFault('', 'a damaged tar file');
  return Number(value);
}

interface BlockReader {
  /** The next header; undefined at the end of the archive. */
  header(): Promise<Buffer | undefined>;
  /** A small body, with its padding read too. */
  whole(bytes: number): Promise<Buffer>;
  body(bytes: number): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
}

function createBlockReader(stream: AsyncIterable<Uint8Array>): BlockReader {
  const { take, close } = createByteReader(stream);
  const collect = async (bytes: number): Promise<Buffer> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of take(bytes)) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  const exactly = async (bytes: number): Promise<Buffer> => {
    const found = await collect(bytes);
    if (found.length < bytes) throw treeFault('', 'a tar file that ends too early');
    return found;
  };
  const header = async (): Promise<Buffer | undefined> => {
    const block = await collect(blockBytes);
    // A stream without the two empty blocks at its end is what some archivers write.
    if (block.length === 0) return undefined;
    if (block.length < blockBytes) throw treeFault('', 'a tar file that ends too early');
    return block.every((byte) => byte === 0) ? undefined : block;
  };
  return {
    header: async () => {
      const block = await header();
      if (block !== undefined) return block;
      if ((await header()) !== undefined) throw treeFault('', 'files after the end of a tar file');
      return undefined;
    },
    whole: async (bytes) => {
      if (bytes > extensionBytesMax) {
        throw treeFault('', `a tar header of more than ${extensionBytesMax} bytes`);
      }
      const body = await exactly(bytes);
      await exactly(paddingOf(bytes));
      return body;
    },
    async *body(bytes) {
      let found = 0;
      for await (const chunk of take(bytes)) {
        found += chunk.byteLength;
        yield chunk;
      }
      if (found < bytes) throw treeFault('', 'a tar file that ends too early');
      await exactly(paddingOf(bytes));
    },
    close,
  };
}

function paddingOf(bytes: number): number {
  return (blockBytes - (bytes % blockBytes)) % blockBytes;
}

interface ByteReader {
  /** The next bytes of the stream in pieces; fewer when it ends. */
  take(bytes: number): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
}

function createByteReader(stream: AsyncIterable<Uint8Array>): ByteReader {
  const iterator = stream[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  return {
    async *take(bytes) {
      for (let left = bytes; left > 0;) {
        if (rest.byteLength === 0) {
          const next = await iterator.next();
          if (next.done === true) return;
          rest = next.value;
        }
        const taken = rest.subarray(0, left);
        rest = rest.subarray(taken.byteLength);
        left -= taken.byteLength;
        if (taken.byteLength > 0) yield taken;
      }
    },
    close: async () => {
      await iterator.return?.();
    },
  };
}
