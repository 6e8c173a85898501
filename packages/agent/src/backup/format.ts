// Owns the layout of a backup file: its plain header, and the records between the bytes of files.
// Refuses headers and records that are longer than any of ours, and paths that lead elsewhere.

import { AgentError } from '@opencomputer/contracts';
import * as z from 'zod';
import type { BackupLock } from './passphrase.ts';

/** First bytes of a backup; the digit is the version of the layout. */
export const magic = 'OCBACKUP1\n';
export const headerBytesMax = 65_536;
const recordBytesMax = 65_536;
const lengthBytes = 4;

/** What stands at the front, readable without a passphrase and authenticated with all the rest. */
export interface BackupHeader {
  /** Of the program that wrote it. */
  readonly version: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly lock: BackupLock;
  /** Base64. */
  readonly prefix: string;
}

/** A file, followed by as many bytes. */
export interface BackupEntry {
  /** Below the data directory, with `/` between folders. */
  readonly path: string;
  readonly bytes: number;
  /** Permission bits. */
  readonly mode: number;
  /** Set for a symbolic link in the code of a plugin: the bytes are where it leads. */
  readonly link?: true;
}

/** The last record. */
export interface BackupEnd {
  readonly end: true;
  readonly files: number;
  readonly bytes: number;
  /** Places known to be damaged when the backup was made. */
  readonly damaged: number;
}

const count = z.int().min(0);
const header: z.ZodType<BackupHeader> = z.object({
  version: z.string().max(100),
  createdAt: count,
  lock: z.object({
    cost: count,
    blockSize: count,
    salt: z.base64(),
    wrapped: z.base64(),
  }),
  prefix: z.base64(),
});
const record: z.ZodType<BackupEntry | BackupEnd> = z.union([
  z.object({
    path: z.string().refine(isInside),
    bytes: count,
    mode: count.max(0o777),
    link: z.literal(true).exactOptional(),
  }),
  z.object({ end: z.literal(true), files: count, bytes: count, damaged: count }),
]);

/** All bytes before the first piece. */
export function encodeHeader(value: BackupHeader): Buffer {
  return Buffer.concat([Buffer.from(magic), withLength(value)]);
}

/** The header and its length; BACKUP_DAMAGED when `bytes`, the front of the file, is not one. */
export function decodeHeader(
  bytes: Buffer,
  file: string,
): { readonly header: BackupHeader; readonly raw: Buffer } {
  const start = magic.length + lengthBytes;
  if (bytes.length < start || bytes.toString('latin1', 0, magic.length) !== magic) {
    throw damaged(file, 'it is no backup, or one of a newer version');
  }
  const end = start + bytes.readUInt32BE(magic.length);
  if (end > bytes.length) throw damaged(file, 'its header is cut off');
  const value = parse(header, bytes.subarray(start, end));
  if (value === undefined) throw damaged(file, 'its header cannot be read');
  return { header: value, raw: bytes.subarray(0, end) };
}

/** A record as it stands between the bytes of files. */
export function encodeRecord(value: BackupEntry | BackupEnd): Buffer {
  return withLength(value);
}

/** The next record, from a source of exactly so many bytes. */
export async function decodeRecord(
  take: (bytes: number) => Promise<Buffer>,
  file: string,
): Promise<BackupEntry | BackupEnd> {
  const length = (await take(lengthBytes)).readUInt32BE(0);
  const value = length > recordBytesMax ? undefined : parse(record, await take(length));
  if (value === undefined) throw damaged(file, 'a record in it cannot be read');
  return value;
}

/** The error of a backup that must not be used. */
export function damaged(file: string, problem: string): AgentError {
  return new AgentError('BACKUP_DAMAGED', { file, problem });
}

function withLength(value: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(value));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text]);
}

function parse<Value>(schema: z.ZodType<Value>, bytes: Buffer): Value | undefined {
  try {
    return schema.safeParse(JSON.parse(bytes.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/** What the key vouches for could still be written by a program with a defect. */
function isInside(path: string): boolean {
  const parts = path.split('/');
  return parts.every(
    (part) => part !== '' && part !== '.' && part !== '..' && !/[\\\0]/.test(part),
  );
}
