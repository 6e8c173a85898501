// Owns the unpacking of one archive file, by what it is and not by its name. Refuses content that is
// far larger than the archive, before it has filled the disk.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { SourceLimits } from './limits.ts';
import { readTar } from './tar.ts';
import { createByteBudget, createTreeWriter, treeFault } from './tree-writer.ts';
import type { ArchiveEntry } from './tree-writer.ts';
import { readZip } from './zip.ts';

/** Bytes of tar headers that one entry may need: its own, a long name, attributes, padding. */
const headerBytesPerEntry = 4_096;

type ArchiveFormat = 'zip' | 'tar' | 'gzip' | 'zstd';

/** Unpacks into an existing, empty folder of ours. Throws PLUGIN_TREE. */
export async function unpackArchive(
  file: string,
  directory: string,
  limits: SourceLimits,
): Promise<void> {
  const bytesMax = await unpackedMax(file, limits);
  const writer = createTreeWriter(directory, { ...limits, unpackedBytesMax: bytesMax });
  for await (const entry of readArchive(file, limits)) await writer.add(entry);
  await writer.finish();
}

/** The entries of an archive file, of any kind that is known. Throws PLUGIN_TREE. */
export async function* readArchive(
  file: string,
  limits: SourceLimits,
): AsyncGenerator<ArchiveEntry> {
  const format = await formatOf(file);
  if (format === 'zip') yield* readZip(file);
  else yield* readTar(decompressed(file, format, await unpackedMax(file, limits)));
}

/** SHA-256 of a tar file as it is when uncompressed, hexadecimal. */
export async function unpackedDigest(file: string, limits: SourceLimits): Promise<string> {
  const hash = createHash('sha256');
  const bytesMax = await unpackedMax(file, limits);
  for await (const chunk of decompressed(file, await formatOf(file), bytesMax)) hash.update(chunk);
  return hash.digest('hex');
}

/** The bytes of a tar file, uncompressed, at most so many and their headers. */
async function* decompressed(
  file: string,
  format: ArchiveFormat,
  bytesMax: number,
): AsyncGenerator<Uint8Array> {
  const packed = createReadStream(file);
  const unpack =
    format === 'gzip' ? createGunzip() : format === 'zstd' ? createZstdDecompress() : undefined;
  packed.on('error', (error) => unpack?.destroy(error));
  const budget = createByteBudget(bytesMax + headerBytesPerEntry * 1_000);
  try {
    yield* budget.count(unpack === undefined ? packed : packed.pipe(unpack));
  } catch (error) {
    if (!/^(?:Z_|ZSTD_)/.test(String((error as NodeJS.ErrnoException).code))) throw error;
    throw treeFault('', 'a damaged archive');
  } finally {
    packed.destroy();
    unpack?.destroy();
  }
}

async function unpackedMax(file: string, limits: SourceLimits): Promise<number> {
  const { size } = await stat(file);
  if (size > limits.archiveBytesMax) {
    throw treeFault('', `an archive of more than ${limits.archiveBytesMax} bytes`);
  }
  const byRatio = Math.max(limits.ratioFreeBytes, size * limits.ratioMax);
  return Math.min(limits.unpackedBytesMax, byRatio);
}

async function formatOf(file: string): Promise<ArchiveFormat> {
  const start = Buffer.alloc(512);
  const handle = await open(file, 'r');
  try {
    await handle.read(start, 0, start.length, 0);
  } finally {
    await handle.close();
  }
  if (start.readUInt32LE(0) === 0x04034b50) return 'zip';
  if (start.readUInt16BE(0) === 0x1f8b) return 'gzip';
  if (start.readUInt32LE(0) === 0xfd2fb528) return 'zstd';
  if (start.toString('latin1', 257, 262) === 'ustar') return 'tar';
  throw treeFault('', 'neither a zip nor a tar file');
}

/** The only folder at the top, as npm and Git hosts pack; else the folder itself. */
export async function soleFolder(directory: string): Promise<string> {
  const entries = await readdir(directory, { withFileTypes: true });
  const [only] = entries;
  if (entries.length !== 1 || only === undefined || !only.isDirectory()) return directory;
  return join(directory, only.name);
}
