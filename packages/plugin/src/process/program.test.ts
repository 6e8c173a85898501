import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runProgram } from './program.ts';
import type { ProgramRequest, ProgramResult } from './program.ts';

const folder = await mkdtemp(join(tmpdir(), 'program-'));
after(() => rm(folder, { recursive: true, force: true }));

function run(script: string, more: Partial<ProgramRequest> = {}): Promise<ProgramResult> {
  return runProgram({
    file: 'sh',
    arguments: ['-c', script],
    folder,
    limitMs: 20_000,
    signal: new AbortController().signal,
    ...more,
  });
}

/** True when no process of that number is running; one that waits to be reaped is not. */
async function isGone(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return true;
  }
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return /\) Z /.test(state);
}

async function untilGone(pid: number): Promise<void> {
  while (!(await isGone(pid))) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

test('output of both streams, input and exit code are those of the program', async () => {
  assert.deepEqual(await run('cat; echo err >&2; exit 3', { input: 'in\n' }), {
    ended: 'exit',
    exitCode: 3,
    output: 'in\nerr\n',
    cut: false,
  });
});

test('a program that reads no input is not failed by it', async () => {
  const found = await run('exit 0', { input: 'x'.repeat(1_000_000) });
  assert.equal(found.exitCode, 0);
});

test('a program that a signal ended has 128 and its number', async () => {
  assert.equal((await run('kill -9 $$')).exitCode, 137);
});

test('an absent program is a result', async () => {
  const found = await run('', { file: join(folder, 'nothing') });
  assert.deepEqual([found.ended, found.exitCode], ['absent', 127]);
});

test('the time limit ends the whole group, also one that ignores being asked', async () => {
  const script = `trap '' TERM; sleep 600 & echo $! > child; echo begun; wait; sleep 600`;
  const found = await run(script, { limitMs: 300 });
  assert.equal(found.ended, 'time');
  assert.equal(found.output, 'begun\n');
  await untilGone(Number(await readFile(join(folder, 'child'), 'utf8')));
});

test('cancelling ends the whole group', async () => {
  const controller = new AbortController();
  const running = run('sleep 600 & echo $! > cancelled; mkfifo ready; cat ready; wait', {
    signal: controller.signal,
  });
  let pid = 0;
  while (pid === 0)
    pid = Number(await readFile(join(folder, 'cancelled'), 'utf8').catch(() => '0'));
  controller.abort();
  assert.equal((await running).ended, 'cancelled');
  await untilGone(pid);
});

test('what is cancelled before it begins does not begin', async () => {
  const found = await run('echo begun', { signal: AbortSignal.abort() });
  assert.deepEqual([found.ended, found.output], ['cancelled', '']);
});

test('what is left in the background ends with the program and does not hold it up', async () => {
  const found = await run('sleep 600 & echo $!');
  assert.equal(found.ended, 'exit');
  await untilGone(Number(found.output));
});

test('a given environment is the only one', async () => {
  const environment = { PATH: '/usr/bin:/bin', ONLY: 'this' };
  const { output } = await run('env | grep -v -E "^(PWD|SHLVL|_|OLDPWD)=" | sort', { environment });
  assert.equal(output, 'ONLY=this\nPATH=/usr/bin:/bin\n');
});

test('an endless output is bounded and the program still ended', async () => {
  const found = await run('yes', { limitMs: 300 });
  assert.equal(found.ended, 'time');
  assert.ok(found.cut && found.output.length < 30_000);
});
