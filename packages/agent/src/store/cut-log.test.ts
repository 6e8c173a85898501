import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { keepCutLog, keptLogProblem } from './cut-log.ts';
import { noteMigrations, notesProven } from './fixtures/fault-process.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { repairStore } from './repair.ts';
import { openStore } from './store.ts';
import type { Store } from './store.ts';

const clock = createFakeClock();
const names = ['store.sqlite', 'store.sqlite-wal', 'root.key'];

interface Damaged {
  readonly path: string;
  readonly reports: string[];
  readonly file: (name: string) => string;
  open(): Promise<Store>;
}

/** A folder as a kill leaves it, with its log; a bit of the log flips where it is asked to. */
async function killed(t: TestContext, flip?: (size: number) => number): Promise<Damaged> {
  const [live, path] = [temporaryFolder(t), join(temporaryFolder(t), 'data')];
  const parts = { command: 'test', migrations: noteMigrations, proven: [notesProven], clock };
  const store = await openStore({ ...parts, path: live });
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const payload = Buffer.from(id);
    const proof = store.sealing.rows(notesProven).prove({ id, payload });
    const sql = "insert into notes values (?, ?, chain_row('notes', ?))";
    await store.database.write([{ sql, parameters: [id, payload, proof] }]);
  }
  mkdirSync(path, { mode: 0o700 });
  for (const name of names) copyFileSync(join(live, name), join(path, name));
  await store.close();
  const log = join(path, 'store.sqlite-wal');
  const bytes = readFileSync(log);
  const place = flip?.(bytes.length);
  if (place !== undefined) {
    bytes.writeUInt8(bytes.readUInt8(place) ^ 4, place);
    writeFileSync(log, bytes);
  }
  const reports: string[] = [];
  const report = (error: unknown, about: string): unknown =>
    reports.push(`${about}: ${String(error)}`);
  const open = (): Promise<Store> => openStore({ ...parts, path, report });
  return { path, reports, open, file: (name) => join(path, name) };
}

/** In the middle of the log, some commits before its end. */
const middle = (size: number): number => Math.floor(size / 2);

test('what is cut off a damaged log is told of at the opening, kept beside, and named by a check', async (t) => {
  const { open, reports, file } = await killed(t, middle);
  const store = await open();
  assert.equal(reports.length, 1);
  assert.match(
    reports[0] ?? '',
    /^damaged data: .*is gone: \d+ pages with at least [1-9]\d* commits/,
  );
  assert.equal(statSync(file('store.sqlite-wal.damaged')).mode & 0o777, 0o600);
  const { problems } = await store.check();
  assert.match(problems.join(), /pages with at least [1-9]\d* commits/);
  await store.close();
});

test('it is told once: what was kept is not found in the log again', async (t) => {
  const { open, reports, file } = await killed(t, middle);
  await (await open()).close();
  const kept = readFileSync(file('store.sqlite-wal.damaged'));
  await (await open()).close();
  assert.equal(reports.length, 1);
  assert.deepEqual(readFileSync(file('store.sqlite-wal.damaged')), kept);
});

test('the copy is what was dropped, and says of itself what was said of the log', async (t) => {
  const { file } = await killed(t, middle);
  const log = readFileSync(file('store.sqlite-wal'));
  const notice = keepCutLog(file('store.sqlite'));
  const kept = readFileSync(file('store.sqlite-wal.damaged'));
  assert.equal(notice?.isKept, true);
  assert.deepEqual(kept.subarray(0, 32), log.subarray(0, 32));
  assert.deepEqual(kept.subarray(32), log.subarray(log.length - kept.length + 32));
  assert.equal(keptLogProblem(file('store.sqlite')), notice?.problem);
});

test('a kill alone is not told of, and nothing is kept', async (t) => {
  const { open, reports, path } = await killed(t);
  const store = await open();
  const { problems } = await store.check();
  await store.close();
  assert.deepEqual([reports, problems], [[], []]);
  assert.ok(!readdirSync(path).includes('store.sqlite-wal.damaged'));
});

test('where it cannot be kept, that is told, and the log stays as it is', async (t) => {
  const { file } = await killed(t, middle);
  mkdirSync(file('store.sqlite-wal.damaged'));
  const before = readFileSync(file('store.sqlite-wal'));
  const notice = keepCutLog(file('store.sqlite'));
  assert.equal(notice?.isKept, false);
  assert.match(notice?.problem ?? '', /could not be kept/);
  assert.deepEqual(readFileSync(file('store.sqlite-wal')), before);
  assert.ok(!existsSync(file('store.sqlite-wal.damaged.new')));
});

test('a repair takes the copy along with the other damaged files', async (t) => {
  const { open, path, file } = await killed(t, middle);
  await (await open()).close();
  const parts = { command: 'test', migrations: noteMigrations, proven: [notesProven], clock };
  const { damaged } = await repairStore({ ...parts, path });
  assert.ok(readdirSync(damaged).includes('store.sqlite-wal.damaged'));
  assert.ok(!existsSync(file('store.sqlite-wal.damaged')));
  const store = await open();
  assert.deepEqual((await store.check()).problems, []);
  await store.close();
});
