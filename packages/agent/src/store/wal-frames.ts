// Owns reading a write-ahead log as SQLite does after a crash: how many frames are whole and joined.
// Refuses to trust what is only in memory, and never opens the database file itself.

import { closeSync, existsSync, openSync, readSync } from 'node:fs';

/** sqlite.org/fileformat2.html, section 4. */
const headerBytes = 32;
const frameHeaderBytes = 24;
const magicLittle = 0x377f0682;
const magicBig = 0x377f0683;

/**
 * Frames of `path` from the first on whose salts and checksums hold. Reading the log beside an
 * open database is safe: SQLite's locks are on other files.
 */
export function wholeFrames(path: string): number {
  if (!existsSync(path)) return 0;
  const descriptor = openSync(path, 'r');
  try {
    return countFrames((length, position) => {
      const bytes = Buffer.alloc(length);
      return readSync(descriptor, bytes, 0, length, position) === length ? bytes : undefined;
    });
  } finally {
    closeSync(descriptor);
  }
}

function countFrames(read: (length: number, position: number) => Buffer | undefined): number {
  const header = read(headerBytes, 0);
  const magic = header?.readUInt32BE(0);
  if (header === undefined || (magic !== magicLittle && magic !== magicBig)) return 0;
  const isBig = magic === magicBig;
  const pageBytes = header.readUInt32BE(8);
  let sum = checksum(isBig, header.subarray(0, 24), [0, 0]);
  if (sum[0] !== header.readUInt32BE(24) || sum[1] !== header.readUInt32BE(28)) return 0;
  const salts = header.subarray(16, 24);
  for (let count = 0; ; count++) {
    const position = headerBytes + count * (frameHeaderBytes + pageBytes);
    const frame = read(frameHeaderBytes + pageBytes, position);
    if (frame === undefined || !frame.subarray(8, 16).equals(salts)) return count;
    sum = checksum(isBig, frame.subarray(0, 8), sum);
    sum = checksum(isBig, frame.subarray(frameHeaderBytes), sum);
    if (sum[0] !== frame.readUInt32BE(16) || sum[1] !== frame.readUInt32BE(20)) return count;
  }
}

type Sum = readonly [number, number];

function checksum(isBig: boolean, bytes: Buffer, [first, second]: Sum): Sum {
  let [one, two] = [first, second];
  for (let index = 0; index < bytes.length; index += 8) {
    const left = isBig ? bytes.readUInt32BE(index) : bytes.readUInt32LE(index);
    const right = isBig ? bytes.readUInt32BE(index + 4) : bytes.readUInt32LE(index + 4);
    one = (one + left + two) >>> 0;
    two = (two + right + one) >>> 0;
  }
  return [one, two];
}
