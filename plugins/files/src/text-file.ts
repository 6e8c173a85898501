// Owns reading a granted file as text, with bounds. Refuses what is no plain file or no text, and a file
// that was exchanged between the check and the reading.

import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';

/** What was read; `note` says what a person should know about it. */
export interface TextFile {
  readonly text: string;
  readonly bytes: number;
  readonly cut: boolean;
  readonly note?: string;
}

export const READ_BYTES_MAX = 2_000_000;
const SAMPLE_BYTES = 8_192;
const CONTROL_SHARE_MAX = 0.1;

/** Reads a path that was granted and is absolute without links. Throws only for faults of the disk. */
export async function readText(
  path: string,
  options: { readonly bytesMax?: number; readonly signal?: AbortSignal } = {},
): Promise<TextFile | { readonly refusal: string }> {
  const bytesMax = options.bytesMax ?? READ_BYTES_MAX;
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch((error: unknown) => reasonOf(error));
  if (typeof file === 'string') return { refusal: file };
  try {
    const found = await file.stat();
    if (!found.isFile())
      return { refusal: found.isDirectory() ? 'It is a folder.' : 'It is no file.' };
    if ((await realpath(path)) !== path) return { refusal: 'It was exchanged while I looked.' };
    const buffer = Buffer.alloc(Math.min(found.size, bytesMax));
    let length = 0;
    while (length < buffer.length && options.signal?.aborted !== true) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    const cut = found.size > length;
    const text = decodeText(buffer.subarray(0, length), cut);
    if (text === undefined) return { refusal: 'It is not a text file.' };
    return { ...text, bytes: found.size, cut };
  } finally {
    await file.close();
  }
}

/**
 * Text of UTF-8 or UTF-16 with a byte order mark, else of Windows-1252 with a note; undefined for what is
 * no text. With `cut` the last character may be incomplete and is left out.
 */
export function decodeText(
  bytes: Uint8Array,
  cut: boolean,
): { readonly text: string; readonly note?: string } | undefined {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : undefined;
  const big = bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
  const encoding = wide ?? big;
  if (encoding !== undefined) return { text: new TextDecoder(encoding).decode(bytes) };
  if (looksBinary(bytes.subarray(0, SAMPLE_BYTES))) return undefined;
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: cut }) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const text = new TextDecoder('windows-1252').decode(bytes);
    return { text, note: 'It is not valid UTF-8; I read it as Windows-1252.' };
  }
}

/** A null byte, or many control characters, in the beginning. */
function looksBinary(sample: Uint8Array): boolean {
  if (sample.includes(0)) return true;
  const control = sample.filter((byte) => byte < 32 && ![9, 10, 12, 13, 27].includes(byte)).length;
  return control > sample.length * CONTROL_SHARE_MAX;
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'It is not there.';
  if (code === 'EACCES' || code === 'EPERM') return 'I am not allowed to read it.';
  if (code === 'ELOOP') return 'It was exchanged while I looked.';
  if (code === 'EISDIR') return 'It is a folder.';
  throw error;
}
