import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { Child } from './child.ts';
import { systemClock } from './fixtures/harness.ts';

/** Runs a script; lines and the reason of its end can be waited for. */
function run(script: string): { child: Child; line(): Promise<string>; exit: Promise<string> } {
  const lines: string[] = [];
  let reader: ((line: string) => void) | undefined;
  const { promise: exit, resolve } = Promise.withResolvers<string>();
  const child = new Child(
    {
      command: process.execPath,
      arguments: ['-e', script],
      environment: {},
      directory: tmpdir(),
      lineBytesMax: 1_000,
    },
    {
      onLine: (line) => {
        if (reader === undefined) lines.push(line);
        else reader(line);
      },
      onOversize: () => undefined,
      onExit: resolve,
    },
    systemClock,
  );
  const line = (): Promise<string> => {
    const ready = lines.shift();
    if (ready !== undefined) return Promise.resolve(ready);
    return new Promise((take) => {
      reader = take;
    });
  };
  return { child, line, exit };
}

test('lines go in and out; the end of its input ends a process in peace', async () => {
  const { child, line, exit } = run(`process.stdin.on('data', (d) => process.stdout.write(d))`);
  child.send('hello');
  assert.equal(await line(), 'hello');
  await child.stop();
  assert.equal(await exit, 'exit code 0');
  assert.equal(child.isOver, true);
  child.send('too late');
});

test('a process that does not heed the end of its input is terminated, then killed', async () => {
  const idle = 'setInterval(() => {}, 1000); console.log("ready")';
  const polite = run(idle);
  await polite.line();
  await polite.child.stop();
  assert.equal(await polite.exit, 'signal SIGTERM');
  const stubborn = run(`process.on('SIGTERM', () => {}); ${idle}`);
  await stubborn.line();
  await stubborn.child.stop();
  assert.equal(await stubborn.exit, 'signal SIGKILL');
});

test('what a process started ends with it, and does not delay its end', async () => {
  const listening = `const s = require('net').createServer().listen(0, '127.0.0.1',
    () => console.log(s.address().port))`;
  const { child, line, exit } = run(`require('child_process').spawn(process.execPath,
    ['-e', ${JSON.stringify(listening)}], { stdio: ['ignore', 'inherit', 'inherit'] });
    process.stdin.on('data', () => process.exit(5))`);
  const grandchild = connect(Number(await line()), '127.0.0.1');
  await once(grandchild, 'connect');
  const closed = once(grandchild, 'close');
  grandchild.on('error', () => undefined);
  child.send('exit');
  assert.equal(await exit, 'exit code 5');
  await closed;
});

test('a log that is written too fast is held back, not lost at its end', async () => {
  const { child, exit } = run(
    `process.stderr.write('x'.repeat(3_000_000)); process.stderr.write('\\nlast words\\n')`,
  );
  assert.equal(await exit, 'exit code 0: last words');
  assert.ok(child.log.length <= 64_000);
});
