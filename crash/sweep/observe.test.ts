import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observedIn } from './observe.ts';

test('threads of the pool count as one kind, with the most calls of any of them', () => {
  const names = new Map([
    [1, 'main'],
    [2, 'libuv-worker'],
    [3, 'libuv-worker'],
    [4, 'node-V8Worker'],
  ]);
  const trace = [
    '1 write(1)',
    '2 fsync(1)',
    '3 fsync(1)',
    '3 fsync(1)',
    '4 write(1)',
    '9 write(1)',
  ];
  assert.deepEqual(observedIn(trace.join('\n'), 'story', names), [
    { phase: 'story', thread: 'main', call: 'write', count: 1 },
    { phase: 'story', thread: 'libuv-worker', call: 'fsync', count: 2 },
  ]);
});
