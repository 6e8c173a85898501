import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { wholeFrames } from './wal-frames.ts';

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
