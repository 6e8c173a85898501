import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { requirement } from '@opencomputer/testkit';
import { fixedClock } from './fixtures/fixed-clock.ts';
import { noteMigrations, notesProven } from './fixtures/fault-process.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { openStore } from './store.ts';

const script = fileURLToPath(new URL('./fixtures/fault-process.ts', import.meta.url));
const runMsMax = 60_000;

interface Line {
  readonly id?: string;
  readonly outcome?: string;
  readonly kept?: readonly string[];
  readonly recoveredMs?: number;
}

function run(program: string, words: readonly string[]): Line[] {
  const ended = spawnSync(program, words, { encoding: 'utf8', timeout: runMsMax });
  assert.equal(ended.status, 0, ended.stderr.slice(-2000));
  return ended.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
}

function ids(lines: readonly Line[], isWanted: (outcome: string) => boolean): string[] {
  return lines.flatMap(({ id, outcome }) =>
    id !== undefined && outcome !== undefined && isWanted(outcome) ? [id] : [],
  );
}

/** What was acknowledged is there, in order, also for a process that opens the store later. */
async function checkKept(path: string, lines: readonly Line[]): Promise<void> {
  const kept = lines.find((line) => line.kept)?.kept ?? [];
  const acknowledged = ids(lines, (outcome) => outcome === 'ok');
  assert.deepEqual(
    acknowledged.filter((id) => !kept.includes(id)),
    [],
  );
  const options = { path, command: 'test', migrations: noteMigrations, proven: [notesProven] };
  const store = await openStore({ ...options, clock: fixedClock });
  const rows = await store.database.read<{ id: string }>({
    sql: 'select * from notes order by rowid',
    parameters: [],
  });
  await store.close();
  assert.deepEqual(
    rows.map(({ id }) => id),
    kept,
  );
}

const strace = requirement('strace');

function injected(t: TestContext, fault: string): { path: string; lines: Line[] } {
  const path = join(temporaryFolder(t), 'data');
  const call = fault.split(':')[0] ?? '';
  const trace = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${fault}`];
  return { path, lines: run(strace ?? '', [...trace, process.execPath, script, path, 'write']) };
}

if (strace !== undefined) {
  // Each write is one sync of the writer thread; opening and migrating take fewer than 30.
  for (const fault of ['fsync:error=EIO:when=40..42', 'fsync:error=ENOSPC:when=40..42']) {
    test(`after ${fault} writes are refused, then accepted again, and nothing acknowledged is lost`, async (t) => {
      const { path, lines } = injected(t, fault);
      const refused = ids(lines, (outcome) => outcome !== 'ok');
      assert.ok(refused.length > 0, 'the fault hit no write');
      for (const { outcome } of lines) {
        if (outcome !== undefined) assert.match(outcome, /^(ok|STORE_FAILED|STORE_FULL)$/);
      }
      assert.equal(lines.findLast((line) => line.outcome)?.outcome, 'ok');
      await checkKept(path, lines);
    });
  }

  for (const [error, code] of [
    ['ENOSPC', /^STORE_FULL$/],
    ['EIO', /^STORE_FAILED$/],
  ] as const) {
    test(`while writing fails with ${error} batches are refused whole, then accepted again`, async (t) => {
      const { path, lines } = injected(t, `pwrite64:error=${error}:when=200..210`);
      const refused = lines.filter(({ outcome }) => outcome !== undefined && outcome !== 'ok');
      assert.ok(refused.length > 0, 'the fault hit no write');
      for (const { outcome } of refused) assert.match(outcome ?? '', code);
      const kept = lines.find((line) => line.kept)?.kept ?? [];
      assert.deepEqual(
        refused.filter(({ id }) => id !== undefined && kept.includes(id)),
        [],
      );
      assert.equal(lines.findLast((line) => line.outcome)?.outcome, 'ok');
      await checkKept(path, lines);
    });
  }
}

const unshare = requirement('namespaces');

if (unshare !== undefined) {
  test('a full disk refuses with STORE_FULL, and writes work again as soon as there is space', (t) => {
    const disk = join(temporaryFolder(t), 'disk');
    mkdirSync(disk);
    const mount = 'mount -t tmpfs -o size=2m,mode=700 none "$1" && exec "$2" "$3" "$1/data" fill';
    const shell = ['sh', '-ec', mount, 'sh', disk, process.execPath, script];
    const lines = run(unshare, ['-Urm', ...shell]);
    const full = lines.filter(({ id }) => id?.startsWith('full-'));
    assert.equal(full.length, 5);
    for (const { outcome } of full) assert.equal(outcome, 'STORE_FULL');
    assert.deepEqual(lines.find(({ kept }) => kept)?.kept, ['before', 'after']);
    assert.ok((lines.find((line) => line.recoveredMs)?.recoveredMs ?? Infinity) <= 5_000);
  });
}
