import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BoundedOutput } from './bounded-output.ts';

test('a short output is whole however it arrives', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 7 }), (text, size) => {
      const bytes = Buffer.from(text);
      const output = new BoundedOutput(1_000);
      for (let at = 0; at < bytes.length; at += size) output.push(bytes.subarray(at, at + size));
      assert.equal(output.text(), bytes.toString('utf8'));
      assert.equal(output.cut, false);
    }),
  );
});

test('a long output keeps its two ends and says what is left out', () => {
  const output = new BoundedOutput(4);
  for (const part of ['abc', 'def', 'ghi', 'jkl']) output.push(Buffer.from(part));
  assert.equal(output.text(), 'abcd\n… 4 bytes left out …\nijkl');
  assert.deepEqual([output.bytes, output.cut], [12, true]);
});

test('one huge chunk is bounded too, and characters are not torn', () => {
  const output = new BoundedOutput(5);
  output.push(Buffer.from('é'.repeat(100)));
  assert.equal(output.text(), 'éé\n… 190 bytes left out …\néé');
});
