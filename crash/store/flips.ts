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
  /** A frame of the log is damaged: by SQLite's rule the log ends there, and nothing says so. */
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

/** Flips of chance over the files of a store. */
export function flipsOf(written: WrittenStore, random: Random, count: number): readonly Flip[] {
  const sizes = {
    database: readFileSync(join(written.closed, databaseName)).length,
    log: readFileSync(join(written.killed, logName)).length,
  };
  return Array.from({ length: count }, (_, index) => {
    const file = index % 4 === 3 ? 'log' : 'database';
    return { file, byte: random.whole(sizes[file]), bit: random.whole(8) };
  });
}

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
  let problems: readonly string[];
  try {
    reading = await readAll(opened, turns);
    ({ problems } = await checkIntegrity(join(folder, databaseName)));
  } finally {
    await opened.store.close();
  }
  const { altered, missing, reported } = reading;
  const values = altered.filter((what) => what !== 'open messages');
  if (values.length > 0) return { outcome: 'altered', detail: values.join(', ') };
  if (reported.length > 0) return { outcome: 'reported', detail: reported[0] ?? '' };
  if (problems.length > 0) return { outcome: 'found', detail: problems[0] ?? '' };
  const gone = [...missing, ...altered].slice(0, 3).join(', ');
  if (gone !== '') return { outcome: isLog ? 'log-ends' : 'vanished', detail: gone };
  return { outcome: 'harmless', detail: '' };
}
