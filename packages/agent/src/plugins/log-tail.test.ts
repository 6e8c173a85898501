import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogTail } from './log-tail.ts';

test('the end of the log is kept, whatever the chunks', () => {
  for (const size of [1, 3, 7, 100]) {
    const tail = new LogTail(10);
    const all = Buffer.from('abcdefghijklmnopqrstuvwxyz');
    for (let at = 0; at < all.length; at += size) tail.push(all.subarray(at, at + size));
    assert.equal(tail.text(), 'qrstuvwxyz');
  }
});

test('the last line that is not blank explains an exit', () => {
  const tail = new LogTail(100);
  assert.equal(tail.lastLine(10), '');
  tail.push(Buffer.from('first\n  a long last line \n\n'));
  assert.equal(tail.lastLine(6), 'a long');
});
