// Owns reading a write-ahead log as SQLite does after a crash: how many frames are whole and joined, and
// what stands behind the first that is not. Refuses to trust what is only in memory, and never opens the
// database file itself.

import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { endianness } from 'node:os';

/** sqlite.org/fileformat2.html, section 4. */
export const logHeadBytes = 32;
const frameHeaderBytes = 24;
const magicLittle = 0x377f0682;
const magicBig = 0x377f0683;
const formatVersion = 3_007_000;
/** Of the pages of our files, where a damaged head does not say it. */
const pageBytesOurs = 4096;
/**
 * A transaction of fewer frames was written in one go. A larger one may not fit into SQLite's cache
 * (2,000 KiB): its frames are then written before its end and again at its end, where a kill can leave
 * one that is not whole before its commit.
 */
const framesAtOnceMax = 256;

/** What SQLite will not read: it takes a log to end at the first frame that is not whole. */
export interface CutLog {
  /** Frames of this log from the damaged one on. */
  readonly frames: number;
  /** Commits that ended in them. */
  readonly commits: number;
  /** Where they begin, in bytes from the beginning of the file. */
  readonly from: number;
}

/**
 * Frames of `path` from the first on whose salts and checksums hold. Reading the log beside an
 * open database is safe: SQLite's locks are on other files.
 */
export function wholeFrames(path: string): number {
  return readLog(path, (log) => readWhole(log).frames) ?? 0;
}

/**
 * What is cut off because a frame before it is damaged; undefined when nothing is. A kill leaves
 * nothing of the kind: frames are written in order, so that behind the first that is not whole none of
 * this log has a commit. A power cut can leave it, for frames that were not synced yet.
 */
export function cutLog(path: string): CutLog | undefined {
  return readLog(path, (log) => {
    const whole = readWhole(log);
    const bytes = frameHeaderBytes + whole.pageBytes;
    const frameAt = (count: number): Buffer | undefined => {
      const position = logHeadBytes + count * bytes;
      return position + bytes > log.size ? undefined : log.read(frameHeaderBytes, position);
    };
    const salts = whole.salts ?? (isLog(log) ? frameAt(0)?.subarray(8, 16) : undefined);
    let frames = 0;
    let commits = 0;
    let isFirst = true;
    for (let count = whole.frames; ; count++) {
      const frame = frameAt(count);
      if (frame === undefined || salts === undefined) break;
      // The first one may be half written: what it says of itself counts for nothing.
      if (count === whole.frames) frames++;
      else if (frame.subarray(8, 16).equals(salts)) {
        frames++;
        if (frame.readUInt32BE(4) === 0) continue;
        if (!isFirst || count - whole.committed < framesAtOnceMax) commits++;
        isFirst = false;
      }
    }
    if (commits === 0) return undefined;
    return { frames, commits, from: logHeadBytes + whole.frames * bytes };
  });
}

/** True when one of the two marks of a log is there: a head that one bit damaged still has one. */
function isLog(log: Log): boolean {
  const head = log.read(8, 0);
  const magic = head?.readUInt32BE(0);
  return magic === magicLittle || magic === magicBig || head?.readUInt32BE(4) === formatVersion;
}

interface Log {
  readonly size: number;
  /** Undefined where the file is too short. */
  read(length: number, position: number): Buffer | undefined;
}

function readLog<Result>(path: string, use: (log: Log) => Result): Result | undefined {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < logHeadBytes) return undefined;
  const descriptor = openSync(path, 'r');
  try {
    return use({
      size: fstatSync(descriptor).size,
      read: (length, position) => {
        const bytes = Buffer.alloc(length);
        return readSync(descriptor, bytes, 0, length, position) === length ? bytes : undefined;
      },
    });
  } finally {
    closeSync(descriptor);
  }
}

interface Whole {
  /** Frames whose salts and checksums hold, and those of them up to the last commit. */
  readonly frames: number;
  readonly committed: number;
  readonly pageBytes: number;
  /** Undefined when the head of the log is damaged: then nothing of it is read. */
  readonly salts?: Buffer;
}

function readWhole(log: Log): Whole {
  const header = log.read(logHeadBytes, 0);
  const nothing = { frames: 0, committed: 0, pageBytes: pageBytesOurs };
  const magic = header?.readUInt32BE(0);
  if (header === undefined || (magic !== magicLittle && magic !== magicBig)) return nothing;
  const isBig = magic === magicBig;
  const pageBytes = header.readUInt32BE(8);
  let sum = checksum(isBig, header.subarray(0, 24), [0, 0]);
  if (sum[0] !== header.readUInt32BE(24) || sum[1] !== header.readUInt32BE(28)) return nothing;
  const salts = header.subarray(16, 24);
  let committed = 0;
  for (let frames = 0; ; frames++) {
    const position = logHeadBytes + frames * (frameHeaderBytes + pageBytes);
    const frame = log.read(frameHeaderBytes + pageBytes, position);
    const end = { frames, committed, pageBytes, salts };
    if (frame === undefined || !frame.subarray(8, 16).equals(salts)) return end;
    sum = checksum(isBig, frame.subarray(0, 8), sum);
    sum = checksum(isBig, frame.subarray(frameHeaderBytes), sum);
    if (sum[0] !== frame.readUInt32BE(16) || sum[1] !== frame.readUInt32BE(20)) return end;
    if (frame.readUInt32BE(4) !== 0) committed = frames + 1;
  }
}

type Sum = readonly [number, number];

function checksum(isBig: boolean, bytes: Buffer, [first, second]: Sum): Sum {
  // Words of this machine are read many times faster than bytes that are put together.
  const isOther = isBig !== (endianness() === 'BE');
  const own = isOther ? Buffer.from(bytes).swap32() : bytes;
  const words = new Uint32Array(own.buffer, own.byteOffset, own.length / 4);
  let [one, two] = [first, second];
  for (let index = 0; index < words.length; index += 2) {
    one = (one + (words[index] ?? 0) + two) >>> 0;
    two = (two + (words[index + 1] ?? 0) + one) >>> 0;
  }
  return [one, two];
}
