import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgram, startProgram } from './child-process.ts';

const environment = {};
const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a program is there with its first line and gone when it was ended', async () => {
  const code = `console.log('ready', process.env.HOME ?? 'bare'); setInterval(() => 0, 1000);`;
  const program = await startProgram({ words: ['-e', code], environment });
  assert.equal(program.line, 'ready bare');
  assert.ok(isRunning(program.pid));
  await program.end();
  assert.equal(isRunning(program.pid), false);
  await program.end();
});

test('a program that ends before its line is an error', async () => {
  await assert.rejects(startProgram({ words: ['-e', ''], environment }), /without a line/);
});

test('a run gives what was printed, and an error for a bad end', async () => {
  const words = ['-e', `console.log('one'); console.log('two')`];
  assert.equal(await runProgram({ words, environment }), 'one\ntwo\n');
  const bad = ['-e', `console.log('why'); process.exitCode = 3`];
  await assert.rejects(runProgram({ words: bad, environment }), /ended with 3: why/);
});
