import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

test('without a Temporal server it says what it needs, and fails', (context) => {
  const home = mkdtempSync(join(tmpdir(), 'oc-home-'));
  context.after(() => rmSync(home, { recursive: true }));
  const run = join(import.meta.dirname, 'run.ts');
  const { status, stderr } = spawnSync(process.execPath, [run], {
    encoding: 'utf8',
    env: { HOME: home, PATH: home },
  });
  assert.equal(status, 1);
  assert.match(stderr, /needs PostgreSQL and a Temporal server/);
});
