import assert from 'node:assert/strict';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { cutLog, wholeFrames } from './wal-frames.ts';

function logged(t: TestContext): { path: string; log: string; frames: number } {
  const path = join(temporaryFolder(t), 'a.sqlite');
  const database = new DatabaseSync(path);
  t.after(() => database.close());
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE a (b); INSERT INTO a VALUES (1)');
  const outcome = database.prepare('PRAGMA wal_checkpoint(NOOP)').get();
  return { path, log: `${path}-wal`, frames: Number(outcome?.['log']) };
}

test('as many frames are whole as SQLite counts', (t) => {
  const { log, frames } = logged(t);
  assert.ok(frames > 1);
  assert.equal(wholeFrames(log), frames);
});

test('the first frame that was altered or cut ends the count', (t) => {
  const { log, frames } = logged(t);
  const bytes = readFileSync(log);
  const copy = `${log}.copy`;
  writeFileSync(copy, bytes.subarray(0, -1));
  assert.equal(wholeFrames(copy), frames - 1);
  bytes.writeUInt8(bytes.readUInt8(100) ^ 4, 100);
  writeFileSync(copy, bytes);
  assert.equal(wholeFrames(copy), 0);
});

test('no log, an empty one and one that is none have no frames', (t) => {
  const file = join(temporaryFolder(t), 'wal');
  assert.equal(wholeFrames(file), 0);
  for (const content of ['', 'a letter, not a log, and quite long enough for its header']) {
    writeFileSync(file, content);
    assert.equal(wholeFrames(file), 0);
  }
});

/** A log of some transactions that are not in the database file yet, and where each of them ends. */
function transactions(t: TestContext, pages: readonly number[]): { log: string; ends: number[] } {
  const path = join(temporaryFolder(t), 'b.sqlite');
  const database = new DatabaseSync(path);
  t.after(() => database.close());
  database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE a (b)');
  const log = `${path}-wal`;
  const ends = pages.map((count) => {
    database.prepare('INSERT INTO a VALUES (zeroblob(?))').run(count * 4096);
    return statSync(log).size;
  });
  return { log, ends };
}

/** A copy of a log with one bit of one byte changed. */
function flipped(log: string, byte: number): string {
  const bytes = readFileSync(log);
  bytes.writeUInt8(bytes.readUInt8(byte) ^ 4, byte);
  const copy = `${log}.copy`;
  writeFileSync(copy, bytes);
  return copy;
}

const frameBytes = 24 + 4096;

test('commits behind a damaged frame are counted, wherever in it the damage is', (t) => {
  const { log, ends } = transactions(t, [3, 3, 3, 3]);
  const [first = 0, , , last = 0] = ends;
  assert.equal(cutLog(log), undefined);
  for (const byte of [first + 1, first + 5, first + 9, first + 17, first + 500]) {
    const frames = (last - first) / frameBytes;
    assert.deepEqual(cutLog(flipped(log, byte)), { frames, commits: 3, from: first });
  }
});

test('damage of the head of a log cuts off all of it', (t) => {
  const { log, ends } = transactions(t, [3, 3]);
  const frames = ((ends[1] ?? 0) - 32) / frameBytes;
  for (const byte of [0, 9, 17, 25]) {
    const cut = cutLog(flipped(log, byte));
    assert.deepEqual([cut?.frames, cut?.from], [frames, 32], `byte ${byte}`);
    assert.ok((cut?.commits ?? 0) >= 2);
  }
});

test('a log that a kill cut short at any place is not taken for a damaged one', (t) => {
  const { log, ends } = transactions(t, [3, 3]);
  const bytes = readFileSync(log);
  const [first = 0, last = 0] = ends;
  for (let end = first; end <= last; end += 12) {
    writeFileSync(`${log}.copy`, bytes.subarray(0, end));
    assert.equal(cutLog(`${log}.copy`), undefined, `cut at ${end}`);
  }
});

test('frames of an earlier log behind one that was begun again count for nothing', (t) => {
  const path = join(temporaryFolder(t), 'c.sqlite');
  const database = new DatabaseSync(path);
  t.after(() => database.close());
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE a (b)');
  const insert = database.prepare('INSERT INTO a VALUES (zeroblob(9000))');
  for (let count = 0; count < 5; count++) insert.run();
  database.exec('PRAGMA wal_checkpoint(RESTART)');
  insert.run();
  const log = `${path}-wal`;
  const whole = wholeFrames(log);
  assert.ok(statSync(log).size > 32 + (whole + 2) * frameBytes, 'older frames are behind');
  assert.equal(cutLog(log), undefined);
  // Its head was written, and of its page nothing: below is what an earlier log had there.
  const last = 32 + (whole - 1) * frameBytes;
  assert.equal(cutLog(flipped(log, last + 100)), undefined);
});

test('a large transaction that a kill may have left half rewritten is not held to be a loss', (t) => {
  const { log, ends } = transactions(t, [3, 600, 3]);
  const [first = 0, second = 0] = ends;
  const copy = flipped(log, first + 100);
  assert.equal(cutLog(copy)?.commits, 1, 'what follows it is one');
  truncateSync(copy, second);
  assert.equal(cutLog(copy), undefined);
});

test('no log, an empty one and one that is none have nothing cut off', (t) => {
  const file = join(temporaryFolder(t), 'wal');
  assert.equal(cutLog(file), undefined);
  for (const content of ['', 'a letter', 'not a log '.repeat(2_000), '\0'.repeat(20_000)]) {
    writeFileSync(file, content);
    assert.equal(cutLog(file), undefined);
  }
});
