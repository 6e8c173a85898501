import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { standIn } from './fixtures/options.ts';

function bench(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const file = join(import.meta.dirname, 'run.ts');
  return spawnSync(process.execPath, [file, ...words], { encoding: 'utf8' });
}

test('several benches print one JSON object', () => {
  const { stdout, status } = bench('context', 'startup', '--json', ...standIn('none'));
  assert.deepEqual([status, JSON.parse(stdout)], [0, { metrics: {} }]);
  const measured = bench('context', '--json', ...standIn('usual'));
  const { metrics } = JSON.parse(measured.stdout) as { metrics: Record<string, number> };
  assert.equal(metrics['context.hi_tools'], 3);
});

test('without --json the same is a table', () => {
  assert.match(bench('context', ...standIn('usual')).stdout, /^context\.hi_tools +3$/m);
});

test('an unknown bench and no bench name the known ones', () => {
  for (const words of [[], ['nothing'], ['run'], ['measure']]) {
    const { status, stderr } = bench(...words);
    assert.equal(status, 2);
    assert.match(stderr, /Benches: backup, context, durable, .*startup, tools, turn\.$/m);
  }
});
