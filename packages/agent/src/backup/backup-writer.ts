// Owns writing one backup file: header, then files in encrypted pieces, under a temporary name until
// all of it is on the disk. Refuses to hold more than one piece in memory.

import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { chunkBytes, prefixBytes, sealChunk } from './chunk-cipher.ts';
import type { ChunkKey } from './chunk-cipher.ts';
import { syncFolder } from './folder-sync.ts';
import { encodeHeader, encodeRecord } from './format.ts';
import type { BackupEnd, BackupEntry } from './format.ts';
import { lockNewKey } from './passphrase.ts';
import type { PassphraseKey } from './passphrase.ts';

/** How a backup file is begun. */
export interface BackupFileOptions {
  readonly path: string;
  readonly key: PassphraseKey;
  readonly version: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
}

/** The name of a backup file until all of it is on the disk. */
export function partialOf(path: string): string {
  return `${path}.partial`;
}

/** A backup file that is being written. */
export class BackupWriter {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #key: ChunkKey;
  readonly #waiting = Buffer.alloc(chunkBytes);
  #filled = 0;
  #index = 0;
  #files = 0;
  #bytes = 0;

  private constructor(path: string, file: FileHandle, key: ChunkKey) {
    this.#path = path;
    this.#file = file;
    this.#key = key;
  }

  static async begin({ path, key, version, createdAt }: BackupFileOptions): Promise<BackupWriter> {
    const { key: own, lock } = lockNewKey(key);
    const prefix = randomBytes(prefixBytes);
    const header = encodeHeader({ version, createdAt, lock, prefix: prefix.toString('base64') });
    const partial = partialOf(path);
    await rm(partial, { force: true });
    const file = await open(partial, 'wx', 0o600);
    try {
      await file.writeFile(header);
      return new BackupWriter(path, file, { key: own, prefix, header });
    } catch (error) {
      await file.close();
      await rm(partial, { force: true });
      throw error;
    }
  }

  /** Adds one file; `bytes` must give as many as the entry says. */
  async add(entry: BackupEntry, bytes: AsyncIterable<Buffer>): Promise<void> {
    await this.#put(encodeRecord(entry));
    let left = entry.bytes;
    for await (const piece of bytes) {
      if (piece.length > left) break;
      await this.#put(piece);
      left -= piece.length;
    }
    if (left !== 0) throw new Error(`${entry.path} changed its length while it was read`);
    this.#files++;
    this.#bytes += entry.bytes;
  }

  /** Ends the file and gives it its name. */
  async finish(facts: Pick<BackupEnd, 'damaged'>): Promise<BackupEnd> {
    const end: BackupEnd = { end: true, files: this.#files, bytes: this.#bytes, ...facts };
    await this.#put(encodeRecord(end));
    await this.#flush(true);
    await this.#file.sync();
    await this.#file.close();
    await rename(partialOf(this.#path), this.#path);
    await syncFolder(dirname(this.#path));
    return end;
  }

  /** Leaves nothing behind. */
  async abandon(): Promise<void> {
    await this.#file.close();
    await rm(partialOf(this.#path), { force: true });
  }

  /** A full piece waits until more comes: only then it is known not to be the last. */
  async #put(bytes: Buffer): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.#filled === chunkBytes) await this.#flush(false);
      const taken = rest.copy(this.#waiting, this.#filled);
      this.#filled += taken;
      rest = rest.subarray(taken);
    }
  }

  async #flush(isLast: boolean): Promise<void> {
    const place = { index: this.#index++, isLast };
    const { body, tag } = sealChunk(this.#key, place, this.#waiting.subarray(0, this.#filled));
    this.#filled = 0;
    await this.#file.writeFile(body);
    await this.#file.writeFile(tag);
  }
}
