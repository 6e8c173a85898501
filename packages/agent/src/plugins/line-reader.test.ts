import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineReader } from './line-reader.ts';

function collect(lineBytesMax: number): { reader: LineReader; seen: string[] } {
  const seen: string[] = [];
  const reader = new LineReader(lineBytesMax, {
    onLine: (line) => seen.push(line),
    onOversize: (head) => seen.push(`<${head.slice(0, 4)}>`),
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

test('an oversize line is reported once, at once, with its beginning; the next one is read', () => {
  const { reader, seen } = collect(6);
  reader.push(Buffer.from('123456\n12345'));
  reader.push(Buffer.from('67'));
  assert.deepEqual(seen, ['123456', '<1234>']);
  reader.push(Buffer.from('x'.repeat(100)));
  reader.push(Buffer.from('\nnext\n'));
  assert.deepEqual(seen, ['123456', '<1234>', 'next']);
});
