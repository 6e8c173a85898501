import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const script = join(import.meta.dirname, 'build-server.ts');

test('what was built is not built again, and a build that fails leaves nothing', (context) => {
  const home = mkdtempSync(join(tmpdir(), 'oc-home-'));
  context.after(() => rmSync(home, { recursive: true }));
  const caches = join(home, '.cache', 'opencomputer', 'temporal');
  // A Go that fails at once, before any other on the path.
  writeFileSync(join(home, 'go'), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
  const run = () =>
    spawnSync(process.execPath, [script], {
      encoding: 'utf8',
      env: { HOME: home, PATH: `${home}:/bin` },
    });
  const failed = run();
  assert.notEqual(failed.status, 0);
  assert.match(failed.stderr, /go install .* failed/);
  assert.deepEqual(readdirSync(caches), []);
  const built = join(caches, '1.31.0');
  mkdirSync(built);
  for (const name of ['temporal-server', 'temporal-sql-tool']) writeFileSync(join(built, name), '');
  const { status, stdout } = run();
  assert.equal(status, 0);
  assert.match(stdout, /1\.31\.0 is there/);
});
