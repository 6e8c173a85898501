import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineReader } from './line-reader.ts';

function collect(lineBytesMax: number): { reader: LineReader; seen: string[] } {
  const seen: string[] = [];
  const reader = new LineReader(lineBytesMax, {
    onLine: (line) => seen.push(line),
    onOversize: () => seen.push('<oversize>'),
  });
  return { reader, seen };
}

test('cuts lines whatever the chunks, without breaking a character', () => {
  const bytes = Buffer.from('first\nzwölf €\n\nlast\n');
  for (let size = 1; size <= bytes.length; size += 1) {
    const { reader, seen } = collect(100);
    for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
    assert.deepEqual(seen, ['first', 'zwölf €', '', 'last']);
  }
});

test('a line at the limit passes, one byte more is reported once and the next line is read', () => {
  const { reader, seen } = collect(4);
  reader.push(Buffer.from('1234\n12345'));
  reader.push(Buffer.from('6789'.repeat(10)));
  reader.push(Buffer.from('0\nnext\n'));
  assert.deepEqual(seen, ['1234', '<oversize>', 'next']);
});
