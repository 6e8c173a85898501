// Owns reading one backup file from its front to its end, piece by piece. Refuses to give a single
// byte of a piece that its key does not vouch for.

import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { chunkBytes, openChunk, prefixBytes, tagBytes } from './chunk-cipher.ts';
import { damaged, decodeHeader, decodeRecord, headerBytesMax } from './format.ts';
import type { BackupEnd, BackupEntry, BackupHeader } from './format.ts';
import { unlockKey } from './passphrase.ts';
import type { PassphraseKey } from './passphrase.ts';

/** A file of the backup, with its bytes: they must be read before the next one is asked for. */
export interface BackedUpFile {
  readonly entry: BackupEntry;
  readonly bytes: AsyncIterable<Buffer>;
}

/** What a whole backup said. */
export interface BackupFacts extends BackupHeader, BackupEnd {}

/** The header alone; nothing vouches for it until the rest was read. Rejects with BACKUP_DAMAGED. */
export async function readHeader(path: string): Promise<BackupHeader> {
  const file = await open(path, 'r');
  try {
    return (await headerOf(file, path)).header;
  } finally {
    await file.close();
  }
}

/**
 * Reads all of a backup, giving each file to `each`. Rejects with BACKUP_DAMAGED when anything was
 * altered or is missing, which shows at the latest at the end: until then nothing may be used.
 */
export async function readBackup(
  path: string,
  key: string | PassphraseKey,
  each: (file: BackedUpFile) => Promise<void>,
): Promise<BackupFacts> {
  const file = await open(path, 'r');
  try {
    const { header, raw } = await headerOf(file, path);
    const own = await unlockKey(header.lock, key, path);
    const prefix = Buffer.from(header.prefix, 'base64');
    if (prefix.length !== prefixBytes) throw damaged(path, 'its header cannot be read');
    const source = new ChunkSource({ file, path, key: own, prefix, header: raw });
    const end = await readRecords(source, path, each);
    return { ...header, ...end };
  } finally {
    await file.close();
  }
}

async function readRecords(
  source: ChunkSource,
  path: string,
  each: (file: BackedUpFile) => Promise<void>,
): Promise<BackupEnd> {
  let files = 0;
  let bytes = 0;
  for (;;) {
    const record = await decodeRecord((length) => source.take(length), path);
    if ('end' in record) {
      if (!source.isAtEnd() || record.files !== files || record.bytes !== bytes) {
        throw damaged(path, 'it does not end where it should');
      }
      return record;
    }
    files++;
    bytes += record.bytes;
    const content = source.stream(record.bytes);
    await each({ entry: record, bytes: content });
    // What was not read of this file stands before the next record.
    for await (const piece of content) void piece;
  }
}

interface ChunkFile {
  readonly file: FileHandle;
  readonly path: string;
  readonly key: Buffer;
  readonly prefix: Buffer;
  readonly header: Buffer;
}

/** The bytes of all pieces in order. */
class ChunkSource {
  readonly #from: ChunkFile;
  #position: number;
  #index = 0;
  #rest: Buffer = Buffer.alloc(0);
  #ended = false;

  constructor(from: ChunkFile) {
    this.#from = from;
    this.#position = from.header.length;
  }

  async take(length: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.stream(length)) pieces.push(piece);
    return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
  }

  async *stream(length: number): AsyncGenerator<Buffer, void, void> {
    let left = length;
    while (left > 0) {
      if (this.#rest.length === 0) await this.#next();
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  isAtEnd(): boolean {
    return this.#ended && this.#rest.length === 0;
  }

  /** A file that was cut is found here: its last piece does not say that it is the last. */
  async #next(): Promise<void> {
    const { file, path } = this.#from;
    const { size } = await file.stat();
    const left = size - this.#position;
    if (this.#ended || left <= 0) throw damaged(path, 'it is cut off');
    const length = Math.min(left, chunkBytes + tagBytes);
    const sealed = Buffer.alloc(length);
    const { bytesRead } = await file.read(sealed, 0, length, this.#position);
    const isLast = length === left;
    const place = { index: this.#index++, isLast };
    const opened = bytesRead === length ? openChunk(this.#from, place, sealed) : undefined;
    if (opened === undefined) throw damaged(path, `piece ${place.index} was altered or is missing`);
    this.#position += length;
    this.#rest = opened;
    this.#ended = isLast;
  }
}

async function headerOf(
  file: FileHandle,
  path: string,
): Promise<{ readonly header: BackupHeader; readonly raw: Buffer }> {
  const { size } = await file.stat();
  const front = Buffer.alloc(Math.min(size, headerBytesMax));
  await file.read(front, 0, front.length, 0);
  return decodeHeader(front, path);
}
