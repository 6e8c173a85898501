// Owns the flip of one bit in a file of a store: it must be harmless, or be reported. Refuses an
// altered value that is served as if it were the one that was written.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkIntegrity } from '../../packages/agent/src/store/integrity.ts';
import type { Random } from '../random.ts';
import { copyStore, databaseName, logName, openWritten, readAll } from './fixtures/written.ts';
import type { Reading, WrittenStore } from './fixtures/written.ts';

/** What one flip came to. */
export type FlipOutcome =
  /** Everything is as it was written. */
  | 'harmless'
  /** The store does not open, and says why. */
  | 'refused'
  /** A read or the operator's report names what is damaged. */
  | 'reported'
  /** Nothing was said while reading, and the check of the file finds it. */
  | 'found'
  /** The last frame of the log is damaged: by SQLite's rule the log ends there, as after a kill. */
  | 'log-ends'
  /** Something is not served any more, and nothing says so. */
  | 'vanished'
  /** Something else than what was written was served. */
  | 'altered';

/** Where a bit flips. */
export interface Flip {
  readonly file: 'database' | 'log';
  readonly byte: number;
  readonly bit: number;
}

/** Flips of chance over the files of a store; every fourth is aimed at the bytes of a message. */
export function flipsOf(written: WrittenStore, random: Random, count: number): readonly Flip[] {
  const database = readFileSync(join(written.closed, databaseName));
  const log = readFileSync(join(written.killed, logName));
  return Array.from({ length: count }, (_, index) => {
    const bit = random.whole(8);
    if (index % 4 === 3) return { file: 'log', byte: random.whole(log.length), bit };
    const byte =
      index % 4 === 1 ? sealedByte(database, written, random) : random.whole(database.length);
    return { file: 'database', byte, bit };
  });
}

/** A row begins with its identifier; its columns are short, and what follows them is sealed. */
function sealedByte(database: Buffer, { turns }: WrittenStore, random: Random): number {
  const { message } = random.pick(turns);
  const row = database.lastIndexOf(message.conversation, database.lastIndexOf(message.id));
  const text = Math.max(0, row) + columnBytes + random.whole(message.text.length);
  return Math.min(text, database.length - 1);
}

/** Beyond the columns and the beginning of the sealed bytes. */
const columnBytes = 150;

/** Flips one bit, opens the store, reads everything and checks the file. */
export async function flipAt(
  written: WrittenStore,
  { file, byte, bit }: Flip,
): Promise<{ readonly outcome: FlipOutcome; readonly detail: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'oc-flip-'));
  try {
    copyStore(file === 'log' ? written.killed : written.closed, folder);
    const path = join(folder, file === 'log' ? logName : databaseName);
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(byte) ^ (1 << bit), byte);
    writeFileSync(path, bytes);
    return await judge(written, folder, file === 'log');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function judge(
  { turns }: WrittenStore,
  folder: string,
  isLog: boolean,
): Promise<{ outcome: FlipOutcome; detail: string }> {
  let opened: Awaited<ReturnType<typeof openWritten>>;
  try {
    opened = await openWritten(folder);
  } catch (error) {
    return { outcome: 'refused', detail: String(error) };
  }
  let reading: Reading;
  try {
    reading = await readAll(opened, turns);
  } finally {
    await opened.store.close();
  }
  const { altered, missing, reported } = reading;
  const values = altered.filter((what) => what !== 'open messages');
  if (values.length > 0) return { outcome: 'altered', detail: values.join(', ') };
  if (reported.length > 0) return { outcome: 'reported', detail: reported[0] ?? '' };
  // It takes a process of its own: only where nothing was said.
  const { problems } = await checkIntegrity(join(folder, databaseName));
  if (problems.length > 0) return { outcome: 'found', detail: problems[0] ?? '' };
  const gone = [...missing, ...altered].slice(0, 3).join(', ');
  if (gone !== '') return { outcome: isLog ? 'log-ends' : 'vanished', detail: gone };
  return { outcome: 'harmless', detail: '' };
}
