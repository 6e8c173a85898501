import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgram } from '@opencomputer/plugin/process';
import type { ProgramResult } from '@opencomputer/plugin/process';
import { countThreads, environmentOf, findProgram, limited, prepare } from './interpreter.ts';

const { signal } = new AbortController();
const limits = { memoryBytes: 100_000_000, processorSeconds: 1, fileBytes: 10_240, processes: 20 };

function run(script: string): Promise<ProgramResult> {
  const command = limited('/bin/sh', ['-c', script], { limits, processesNow: undefined });
  return runProgram({ ...command, folder: '/tmp', limitMs: 30_000, signal });
}

test('programs are found by their names, in order, and absent ones are not', async () => {
  assert.match((await findProgram(['no-such-program', 'sh'], signal)) ?? '', /\/sh$/);
  assert.equal(await findProgram(['no-such-program'], signal), undefined);
  assert.equal(await findProgram(['; echo /injected'], signal), undefined);
});

test('the limits are those of the process that runs', async () => {
  const { output } = await run('ulimit -d; ulimit -t; ulimit -f; ulimit -c');
  assert.deepEqual(output.trim().split('\n'), ['97656', '1', '20', '0']);
});

test('too much processor time and too large a file end the run', async () => {
  assert.ok([137, 152].includes((await run('while :; do :; done')).exitCode));
  const file = `/tmp/code-runner-limit-${process.pid}`;
  const found = await run(`yes > ${file}; echo "ended $?"; wc -c < ${file}; rm ${file}`);
  assert.match(found.output, /ended (?:153|1)\n10240\n/);
});

test('the environment has nothing of this process but where programs are', () => {
  const environment = environmentOf('/tmp/x', '/opt/python/bin/python3');
  assert.match(environment['PATH'] ?? '', /^\/opt\/python\/bin:/);
  assert.equal(environment['HOME'], '/tmp/x');
  assert.deepEqual(Object.keys(environment).toSorted(), [
    'HOME',
    'LANG',
    'NO_COLOR',
    'PATH',
    'PYTHONIOENCODING',
    'TMPDIR',
  ]);
});

test('a module is told from a script', () => {
  const files = (code: string): readonly string[] =>
    Object.keys(prepare('javascript', code, 'node').files);
  assert.deepEqual(files('import fs from "node:fs"'), ['code.mjs']);
  assert.deepEqual(files('const a = await fetch("x")'), ['code.mjs']);
  assert.deepEqual(files('import("node:fs")'), ['start.cjs', 'code.js']);
  assert.deepEqual(files('1 + 1'), ['start.cjs', 'code.js']);
});

test('threads are counted for a user that is not root', async () => {
  assert.equal(await countThreads(0), undefined);
  assert.equal(await countThreads(undefined), undefined);
  const own = process.getuid?.();
  if (own !== undefined && own !== 0) assert.ok(((await countThreads(own)) ?? 0) > 0);
});
