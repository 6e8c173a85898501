import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { standIn } from './fixtures/options.ts';
import { installed, memory, tree } from './footprint.ts';

function folderWith(context: TestContext, files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'footprint-'));
  context.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

test('memory is read idle, after the turns, and after as many again', async () => {
  const metrics = await memory(standIn('usual'), { turns: 5, idleMs: 0 });
  const idle = metrics['footprint.idle_rss_mb'] ?? 0;
  assert.ok(idle > 20 && idle < 500, `${idle} MB`);
  assert.ok((metrics['footprint.rss_mb_1000'] ?? 0) > 20);
  assert.ok(Math.abs(metrics['footprint.rss_growth_mb_2000'] ?? Number.NaN) < 200);
});

test('the tree is what is neither for development nor optional nor our own', (context) => {
  const million = 'x'.repeat(1_000_000);
  const packages = {
    '': {},
    'packages/cli': {},
    'node_modules/@opencomputer/cli': { link: true },
    'node_modules/a': {},
    'node_modules/a/node_modules/b': {},
    'node_modules/c': { dev: true },
    'node_modules/d': { optional: true },
    'node_modules/e': { devOptional: true },
  };
  const folder = folderWith(context, {
    'package-lock.json': JSON.stringify({ packages }),
    'node_modules/a/index.js': million,
    'node_modules/a/lib/more.js': million,
    'node_modules/a/node_modules/b/index.js': million,
    'node_modules/c/index.js': million,
    'node_modules/d/index.js': million,
  });
  assert.deepEqual(tree(folder), { 'footprint.tree_mb': 3, 'footprint.tree_packages': 2 });
});

test('an installation is what lies in the empty folder afterwards', (context) => {
  const folder = folderWith(context, {
    'package.json': '{"name":"product","version":"1.0.0"}',
    'index.js': 'x'.repeat(2_000_000),
  });
  execFileSync('npm', ['pack'], { cwd: folder, stdio: 'ignore' });
  const metrics = installed(join(folder, 'product-1.0.0.tgz'));
  assert.equal(metrics['footprint.packed_packages'], 1);
  const megabytes = metrics['footprint.packed_mb'] ?? 0;
  assert.ok(megabytes >= 2 && megabytes < 2.01, `${megabytes} MB`);
});
