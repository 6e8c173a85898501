import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { requirement } from '@opencomputer/testkit';
import { readOptions } from './options.ts';
import type { Counts } from './report.ts';
import { chosen } from './run.ts';
import { table } from './table.ts';

const run = promisify(execFile);

test('programs are chosen by name or class; a wrong name ends the command', () => {
  assert.equal(chosen(readOptions([], 1)).length, table.length);
  const some = chosen(readOptions(['--only', 'trace', '--only', 'signals'], 1));
  assert.deepEqual(
    some.map(({ id }) => id),
    ['trace', 'kill', 'kill-through-descriptor'],
  );
  assert.throws(() => chosen(readOptions(['--only', 'nothing'], 1)), /no program and no class/);
});

if (requirement('bubblewrap') !== undefined && requirement('python') !== undefined) {
  test('the programs of the quick form succeed outside and fail inside', async () => {
    const words = [join(import.meta.dirname, 'run.ts'), '--quick', '--json', '--seed', '1'];
    const { stdout } = await run(process.execPath, words, { maxBuffer: 64_000_000 });
    const { counts } = JSON.parse(stdout) as { counts: Counts };
    assert.equal(counts.insideSucceeded, 0);
    assert.equal(counts.outsideFailed, 0);
    assert.equal(counts.unexplained, 0);
    assert.ok(counts.outsideSucceeded >= 8, `${counts.outsideSucceeded}`);
  });
}
