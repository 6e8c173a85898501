import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { openDoor } from './door.ts';
import type { Door } from './door.ts';

/** A process that waits, with what bubblewrap would say of it. */
function waiting(words: readonly string[]): { door: Door; breaches: string[] } {
  const breaches: string[] = [];
  const information = new PassThrough();
  for (const word of words) information.write(word);
  information.end();
  const door: Door = {
    running: spawn('/bin/cat', { stdio: ['pipe', 'pipe', 'pipe'] }),
    information,
    block: new PassThrough(),
    machine: { programs: { nsenter: '/bin/true' }, userId: 0 },
    node: process.execPath,
    breached: (problem) => breaches.push(problem),
  };
  return { door, breaches };
}

const network = { connect: () => assert.fail() };

for (const [what, words, problem] of [
  ['says nothing', [], /did not start/],
  ['says no number', ['{"child-pid": "x"}'], /did not start/],
  ['says too much', ['x'.repeat(5_000)], /did not start/],
  ['has a network that has no proxy', ['{\n "child-', 'pid": 12', '3\n}\n'], /has no proxy/],
] as const) {
  test(`a process that ${what} is ended, and never released`, async () => {
    const { door, breaches } = waiting(words);
    const ended = once(door.running, 'exit');
    await openDoor(door, network);
    assert.deepEqual(await ended, [null, 'SIGKILL']);
    assert.match(breaches.join(), problem);
    assert.equal(door.block?.writableEnded, false);
  });
}

test('a process that ended by itself is nobody to complain about', async () => {
  const { door, breaches } = waiting([]);
  door.running.kill('SIGTERM');
  await once(door.running, 'exit');
  door.running.emit('exit', null, 'SIGTERM');
  const late = openDoor(door, network);
  door.running.emit('exit', null, 'SIGTERM');
  await late;
  assert.deepEqual(breaches, []);
});
