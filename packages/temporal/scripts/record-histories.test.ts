import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

test('a release has to be named', () => {
  const script = join(import.meta.dirname, 'record-histories.ts');
  const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  assert.equal(status, 2);
  assert.match(stderr, /VERSION/);
});
