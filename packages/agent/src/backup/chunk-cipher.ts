// Owns the encryption of a stream in pieces: each has its number, and the last one says that it is.
// Refuses pieces that were altered, left out, repeated, re-ordered or cut off.

import { createCipheriv, createDecipheriv } from 'node:crypto';

/** Bytes of a piece before encryption; only the last one is shorter. */
export const chunkBytes = 1_048_576;
export const tagBytes = 16;
/** The rest of a nonce is the number of the piece and whether it is the last. */
export const prefixBytes = 7;

/** Under which key, and joined to which file, pieces are encrypted. */
export interface ChunkKey {
  readonly key: Buffer;
  /** Random, once for a file. */
  readonly prefix: Buffer;
  /** Authenticated with every piece: the header of the file. */
  readonly header: Buffer;
}

/** Where a piece stands. */
export interface ChunkPlace {
  readonly index: number;
  readonly isLast: boolean;
}

/** The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, 2015) over AES-256-GCM. */
export function sealChunk(
  { key, prefix, header }: ChunkKey,
  place: ChunkPlace,
  bytes: Buffer,
): { readonly body: Buffer; readonly tag: Buffer } {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(prefix, place));
  cipher.setAAD(header);
  const body = cipher.update(bytes);
  cipher.final();
  return { body, tag: cipher.getAuthTag() };
}

/** The bytes of a piece; undefined when it is not this piece of this file. */
export function openChunk(
  { key, prefix, header }: ChunkKey,
  place: ChunkPlace,
  sealed: Buffer,
): Buffer | undefined {
  if (sealed.length < tagBytes) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(prefix, place));
  decipher.setAAD(header);
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  try {
    const body = decipher.update(sealed.subarray(0, -tagBytes));
    decipher.final();
    return body;
  } catch {
    return undefined;
  }
}

function nonceOf(prefix: Buffer, { index, isLast }: ChunkPlace): Buffer {
  const nonce = Buffer.alloc(prefixBytes + 5);
  prefix.copy(nonce);
  nonce.writeUInt32BE(index, prefixBytes);
  nonce.writeUInt8(isLast ? 1 : 0, prefixBytes + 4);
  return nonce;
}
