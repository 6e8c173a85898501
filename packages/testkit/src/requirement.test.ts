import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findProgram } from './requirement.ts';

const folder = mkdtempSync(join(tmpdir(), 'requirement-'));
after(() => rmSync(folder, { recursive: true }));

function program(path: string, script: string): string {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, path), 0o755);
  return join(folder, path);
}

const wanted = { label: 'Tool', programs: ['tool'], probe: ['--version'], install: 'install it' };

test('a program on the path that passes its probe is found', () => {
  const path = program('bin/tool', 'exit 0');
  assert.equal(findProgram(wanted, `${join(folder, 'none')}:${join(folder, 'bin')}`), path);
});

test('a program that is installed but does not work counts as missing', () => {
  program('broken/tool', 'exit 1');
  assert.equal(findProgram(wanted, join(folder, 'broken')), undefined);
});

test('of several installed versions outside the path the newest is used', () => {
  program('lib/9/bin/tool', 'exit 0');
  const newest = program('lib/15/bin/tool', 'exit 0');
  assert.equal(findProgram({ ...wanted, folders: [join(folder, 'lib/*/bin')] }, ''), newest);
  assert.equal(findProgram({ ...wanted, folders: [join(folder, 'absent/*/bin')] }, ''), undefined);
});

function runAsking(environment: Record<string, string>): { status: number | null; stderr: string } {
  const module = new URL('./requirement.ts', import.meta.url).href;
  const source = `import { requirement } from ${JSON.stringify(module)}; requirement('strace');`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    env: { PATH: '', ...environment },
    encoding: 'utf8',
  });
}

test('a missing tool is noted where the runner looks', () => {
  const note = join(folder, 'not-run');
  assert.equal(runAsking({ OPENCOMPUTER_TEST_NOT_RUN: note }).status, 0);
  assert.match(readFileSync(note, 'utf8'), /needs strace \(apt-get install strace/);
});

test('a missing tool that is required here fails', () => {
  const run = runAsking({ OPENCOMPUTER_TEST_REQUIRE: 'postgresql,strace' });
  assert.notEqual(run.status, 0);
  assert.match(run.stderr, /strace is required here/);
});
