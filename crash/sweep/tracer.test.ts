import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countCalls, heldAtExit, wordsFor } from './tracer.ts';

test('calls are counted by thread, others and the rest of a split line are not', () => {
  const trace = [
    '12 openat(AT_FDCWD, "/x", O_RDONLY) = 3',
    '12 write(3, "a", 1 <unfinished ...>',
    '13 fsync(9)                         = 0',
    '12 <... write resumed>)             = 1',
    '13 fsync(9)                         = 0',
    '12 futex(0x1, FUTEX_WAIT)           = 0',
  ].join('\n');
  const counts = countCalls(trace);
  assert.deepEqual(
    counts.get(12),
    new Map([
      ['openat', 1],
      ['write', 1],
    ]),
  );
  assert.deepEqual(counts.get(13), new Map([['fsync', 2]]));
});

test('a kill before a call is a signal at its entry, one after it a thread held at its exit', () => {
  const before = wordsFor({ call: 'fsync', effect: 'kill-before', at: 4 });
  assert.ok(before.includes('inject=fsync:signal=SIGKILL:when=4'));
  const after = wordsFor({ call: 'fsync', effect: 'kill-after', at: 4 });
  assert.ok(after.some((word) => word.startsWith('inject=fsync:delay_exit=')));
  assert.match('fsync(9) = 0 (DELAYED)', heldAtExit);
  const full = wordsFor({ call: 'fsync', effect: 'ENOSPC', at: 4, goesOn: true });
  assert.ok(full.includes('inject=fsync:error=ENOSPC:when=4+'));
});
