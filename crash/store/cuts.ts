// Owns the power cut: the log of a killed store cut at each frame and at any byte. Refuses a store
// that does not open, that lost what was acknowledged before the cut, or that holds half of anything.

import { mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkIntegrity } from '../../packages/agent/src/store/integrity.ts';
import type { Random } from '../random.ts';
import type { Violation } from '../story/account.ts';
import { copyStore, databaseName, logName, openWritten, readAll } from './fixtures/written.ts';
import type { WrittenStore, WrittenTurn } from './fixtures/written.ts';

/** Bytes of the log's head, and of one frame with a page of 4 KiB (sqlite.org/fileformat2.html, 4). */
const headBytes = 32;
const frameBytes = 24 + 4096;

/** Where a log is cut: at every end of a frame, and at so many bytes of chance; or a share of it. */
export function cutsOf(
  written: WrittenStore,
  { random, frames, bytes }: { random: Random; frames: number; bytes: number },
): readonly number[] {
  const { size } = statSync(join(written.killed, logName));
  const ends = Array.from(
    { length: Math.floor((size - headBytes) / frameBytes) + 1 },
    (_, index) => headBytes + index * frameBytes,
  );
  const any = Array.from({ length: bytes }, () => random.whole(size));
  return [...random.shuffled(ends).slice(0, frames), ...any];
}

/** Cuts the log at one byte, opens the store and reads everything. */
export async function cutAt(written: WrittenStore, at: number): Promise<readonly Violation[]> {
  const folder = mkdtempSync(join(tmpdir(), 'oc-cut-'));
  const violations: Violation[] = [];
  const add = (assertion: Violation['assertion'], text: string): void => {
    violations.push({ assertion, text: `log cut at ${at}: ${text}` });
  };
  try {
    copyStore(written.killed, folder);
    truncateSync(join(folder, logName), at);
    // Acknowledged before the migrations had ended: there is nothing to look for yet.
    const kept = written.turns.filter(({ logBytes }) => logBytes[2] <= at);
    const opened = await openWritten(folder);
    const { altered, missing, reported } = await readAll(opened, kept);
    const wrong = [...altered, ...missing, ...reported].filter((text) => text !== 'open messages');
    for (const text of wrong) add('accepted-is-kept', text);
    for (const turn of written.turns.slice(kept.length)) await checkHalf({ opened, turn, at, add });
    await opened.store.close();
    const integrity = await checkIntegrity(join(folder, databaseName));
    for (const problem of integrity.problems) add('store-whole', problem);
  } catch (error) {
    add('store-whole', String(error));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return violations;
}

interface Half {
  readonly opened: Awaited<ReturnType<typeof openWritten>>;
  readonly turn: WrittenTurn;
  readonly at: number;
  add(assertion: Violation['assertion'], text: string): void;
}

/** Of a turn that was being written, each batch is there whole or not at all. */
async function checkHalf({ opened, turn, at, add }: Half): Promise<void> {
  const { message, record, logBytes } = turn;
  const found = await opened.journal.record(message.id);
  if (found.length !== 0 && found.length !== record.length) {
    add('store-whole', `half of the record of ${message.id}`);
  }
  if (logBytes[1] <= at && found.length === 0) add('accepted-is-kept', `record ${message.id}`);
  if (logBytes[0] > at) return;
  await opened.mailbox.read(message.id).catch((error: unknown) => {
    add('accepted-is-kept', `message ${message.id}: ${String(error)}`);
  });
}
