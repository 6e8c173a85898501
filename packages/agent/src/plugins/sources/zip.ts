// Owns the reading of zip files (APPNOTE 6.3.10: stored and deflated entries, at most 4 GB). Refuses
// files that two readers could take for two different trees: every entry is said twice, the same.

import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { decodeName, treeFault } from './tree-writer.ts';
import type { ArchiveEntry } from './tree-writer.ts';

const directoryBytesMax = 32_000_000;
const commentBytesMax = 65_535;
const endBytes = 22;
const centralBytes = 46;
const localBytes = 30;
const chunkBytes = 65_536;
const targetBytesMax = 4_096;
/** What `mcpb sign` adds after the archive. */
const signatureStart = Buffer.from('MCPB_SIG_V1');
const signatureEnd = Buffer.from('MCPB_SIG_END');
const signatureBytesMax = 100_000;

interface Entry {
  readonly path: string;
  readonly name: Buffer;
  readonly flags: number;
  readonly method: number;
  readonly checksum: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Of Unix; 0 when another system made the archive. */
  readonly mode: number;
  readonly offset: number;
}

/** The entries of a zip file, with their checksums verified. */
export async function* readZip(path: string): AsyncGenerator<ArchiveEntry> {
  const handle = await open(path, 'r');
  try {
    const { entries, directoryOffset } = await readDirectory(handle);
    let end = 0;
    for (const entry of entries.toSorted((one, two) => one.offset - two.offset)) {
      // Nothing before the first, between two or within another: no second archive hides there.
      if (entry.offset !== end) throw treeFault(entry.path, 'bytes outside of any file');
      const start = await checkLocal(handle, entry);
      const read = { handle, start, end: start + entry.packedBytes };
      yield await entryOf(entry, readBody(entry, read));
      end = await endOf(handle, entry, read.end);
    }
    if (end !== directoryOffset) throw treeFault('', 'bytes outside of any file');
  } finally {
    await handle.close();
  }
}

async function entryOf(entry: Entry, body: AsyncIterable<Buffer>): Promise<ArchiveEntry> {
  const { path, mode, bytes } = entry;
  const format = mode & 0o170000;
  const isFolder = path.endsWith('/');
  if (isFolder ? format !== 0o040000 && format !== 0 : format === 0o040000) {
    throw treeFault(path, 'a folder by one mark and a file by the other');
  }
  if (isFolder) {
    if (bytes > 0) throw treeFault(path, 'content where there can be none');
    return { path, kind: 'folder' };
  }
  if (format === 0o100000 || format === 0) {
    return { path, kind: 'file', isProgram: (mode & 0o100) !== 0, body };
  }
  if (format !== 0o120000) throw treeFault(path, 'neither a file nor a folder');
  if (bytes > targetBytesMax) throw treeFault(path, 'a link to nowhere');
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return { path, kind: 'link', target: decodeName(Buffer.concat(chunks)) };
}

async function* readBody(
  entry: Entry,
  read: { handle: FileHandle; start: number; end: number },
): AsyncGenerator<Buffer> {
  if (entry.bytes === 0 && entry.packedBytes === 0) return;
  const packed = Readable.from(readRange(read));
  let bytes = 0;
  let checksum = 0;
  const inflate = entry.method === 8 ? createInflateRaw() : undefined;
  packed.on('error', (error) => inflate?.destroy(error));
  try {
    for await (const chunk of (inflate === undefined
      ? packed
      : packed.pipe(inflate)) as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength;
      if (bytes > entry.bytes) throw treeFault(entry.path, 'larger than the archive says');
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).startsWith('Z_')) throw error;
    throw treeFault(entry.path, 'damaged');
  } finally {
    packed.destroy();
    inflate?.destroy();
  }
  const isAllRead = inflate === undefined || inflate.bytesWritten === entry.packedBytes;
  if (bytes !== entry.bytes || checksum !== entry.checksum || !isAllRead) {
    throw treeFault(entry.path, 'damaged');
  }
}

/** Compares the header before the content with the directory; returns where the content starts. */
async function checkLocal(handle: FileHandle, entry: Entry): Promise<number> {
  const header = await readAt(handle, entry.offset, localBytes);
  if (header.readUInt32LE(0) !== 0x04034b50) throw treeFault(entry.path, 'no header');
  const nameBytes = header.readUInt16LE(26);
  const extraBytes = header.readUInt16LE(28);
  const name = await readAt(handle, entry.offset + localBytes, nameBytes);
  const extra = await readAt(handle, entry.offset + localBytes + nameBytes, extraBytes);
  checkExtra(entry.path, extra);
  const isLater = (entry.flags & 8) !== 0;
  const agrees = (offset: number, value: number): boolean =>
    header.readUInt32LE(offset) === value || (isLater && header.readUInt32LE(offset) === 0);
  const isSame =
    name.equals(entry.name) &&
    header.readUInt16LE(6) === entry.flags &&
    header.readUInt16LE(8) === entry.method &&
    agrees(14, entry.checksum) &&
    agrees(18, entry.packedBytes) &&
    agrees(22, entry.bytes);
  if (!isSame) throw treeFault(entry.path, 'two headers that contradict each other');
  return entry.offset + localBytes + nameBytes + extraBytes;
}

/** Where the next entry begins: sizes may follow the content of one that was written as a stream. */
async function endOf(handle: FileHandle, entry: Entry, end: number): Promise<number> {
  if ((entry.flags & 8) === 0) return end;
  const found = await readAt(handle, end, 16);
  const start = found.readUInt32LE(0) === 0x08074b50 ? 4 : 0;
  const isSame =
    found.readUInt32LE(start) === entry.checksum &&
    found.readUInt32LE(start + 4) === entry.packedBytes &&
    found.readUInt32LE(start + 8) === entry.bytes;
  if (!isSame) throw treeFault(entry.path, 'two headers that contradict each other');
  return end + start + 12;
}

async function readDirectory(
  handle: FileHandle,
): Promise<{ entries: Entry[]; directoryOffset: number }> {
  const { offset: endOffset, end } = await findEnd(handle);
  const bytes = end.readUInt32LE(12);
  const directoryOffset = end.readUInt32LE(16);
  const count = end.readUInt16LE(10);
  const isOne = end.readUInt16LE(4) === 0 && end.readUInt16LE(6) === 0;
  if (!isOne || end.readUInt16LE(8) !== count || count === 0xffff) {
    throw treeFault('', 'a zip file of several parts or of more than 65534 files');
  }
  if (directoryOffset + bytes !== endOffset || bytes > directoryBytesMax) {
    throw treeFault('', 'a zip file with bytes outside of any file');
  }
  const directory = await readAt(handle, directoryOffset, bytes);
  const entries: Entry[] = [];
  let offset = 0;
  while (offset < bytes) {
    const { entry, length } = readCentral(directory, offset);
    entries.push(entry);
    offset += length;
  }
  if (entries.length !== count) throw treeFault('', 'a zip file that miscounts its files');
  return { entries, directoryOffset };
}

function readCentral(directory: Buffer, offset: number): { entry: Entry; length: number } {
  const header = directory.subarray(offset, offset + centralBytes);
  if (header.length < centralBytes || header.readUInt32LE(0) !== 0x02014b50) {
    throw treeFault('', 'a damaged zip file');
  }
  const nameBytes = header.readUInt16LE(28);
  const extraBytes = header.readUInt16LE(30);
  const length = centralBytes + nameBytes + extraBytes + header.readUInt16LE(32);
  if (offset + length > directory.length) throw treeFault('', 'a damaged zip file');
  const name = directory.subarray(offset + centralBytes, offset + centralBytes + nameBytes);
  const flags = header.readUInt16LE(8);
  const method = header.readUInt16LE(10);
  const path = nameOf(name, flags);
  // Bits 0, 5, 6 and 13: encrypted, patched, or with masked headers.
  if ((flags & 0x2061) !== 0) throw treeFault(path, 'encrypted');
  if (method !== 0 && method !== 8) throw treeFault(path, `packed by method ${method}`);
  const nameEnd = offset + centralBytes + nameBytes;
  checkExtra(path, directory.subarray(nameEnd, nameEnd + extraBytes));
  const packedBytes = header.readUInt32LE(20);
  const bytes = header.readUInt32LE(24);
  if (method === 0 && packedBytes !== bytes) throw treeFault(path, 'larger than the archive says');
  const entry = {
    path,
    name,
    flags,
    method,
    checksum: header.readUInt32LE(16),
    packedBytes,
    bytes,
    mode: header[5] === 3 ? header.readUInt32LE(38) >>> 16 : 0,
    offset: header.readUInt32LE(42),
  };
  return { entry, length };
}

/** UTF-8 when it says so, else ASCII: any other code page is a guess. */
function nameOf(name: Buffer, flags: number): string {
  const isAscii = name.every((byte) => byte < 0x80);
  const path = isAscii || (flags & 0x800) !== 0 ? decodeName(name) : name.toString('latin1');
  if (!isAscii && (flags & 0x800) === 0) throw treeFault(path, 'a name in an unknown encoding');
  if (path.includes('\0')) throw treeFault(path, 'a name with NUL in it');
  return path;
}

/** Refuses fields by which some readers take another name or other sizes. */
function checkExtra(path: string, extra: Buffer): void {
  for (let offset = 0; offset + 4 <= extra.length;) {
    const tag = extra.readUInt16LE(offset);
    if (tag === 0x0001) throw treeFault(path, 'sizes of more than 32 bits');
    if (tag === 0x7075) throw treeFault(path, 'named twice');
    offset += 4 + extra.readUInt16LE(offset + 2);
  }
}

/** The record at the end, which must be the only one that could be it. */
async function findEnd(handle: FileHandle): Promise<{ offset: number; end: Buffer }> {
  const { size } = await handle.stat();
  const tailBytes = Math.min(size, endBytes + commentBytesMax + signatureBytesMax);
  const tail = await readAt(handle, size - tailBytes, tailBytes);
  const last = lengthWithoutSignature(tail);
  for (let index = last - endBytes; index >= 0; index -= 1) {
    if (tail.readUInt32LE(index) !== 0x06054b50) continue;
    const commentEnd = index + endBytes + tail.readUInt16LE(index + 20);
    if (commentEnd === last || commentEnd === tail.length) {
      return { offset: size - tailBytes + index, end: tail.subarray(index, index + endBytes) };
    }
    throw treeFault('', 'a zip file with two ends');
  }
  throw treeFault('', 'no zip file, or one that ends too early');
}

function lengthWithoutSignature(tail: Buffer): number {
  if (!tail.subarray(-signatureEnd.length).equals(signatureEnd)) return tail.length;
  const start = tail.lastIndexOf(signatureStart);
  return start === -1 ? tail.length : start;
}

async function* readRange(read: {
  handle: FileHandle;
  start: number;
  end: number;
}): AsyncGenerator<Buffer> {
  for (let at = read.start; at < read.end; at += chunkBytes) {
    yield await readAt(read.handle, at, Math.min(chunkBytes, read.end - at));
  }
}

async function readAt(handle: FileHandle, offset: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await handle.read(buffer, 0, bytes, offset);
  if (bytesRead !== bytes) throw treeFault('', 'a zip file that ends too early');
  return buffer;
}
