import assert from 'node:assert/strict';
import { test } from 'node:test';
import { visibleWidth } from '@earendil-works/pi-tui';
import fc from 'fast-check';
import { styleFor } from '../style.ts';
import { messageEntry, outputEntry, replyEntry, tableEntry } from './entries.ts';

const style = styleFor(false);
const shown = (lines: readonly string[]): string[] => lines.map((line) => line.trimEnd());

test('a message is marked, wrapped and indented', () => {
  assert.deepEqual(shown(messageEntry('one two three', style).render(10)), [
    '',
    '› one two',
    '  three',
  ]);
});

test('a large paste is shown by its beginning and its size', () => {
  const lines = messageEntry(Array.from({ length: 100 }, (_, n) => `line ${n}`).join('\n'), style);
  assert.equal(lines.render(40).at(-1), '  … and 88 more lines');
});

test('the end of a long output is kept', () => {
  const text = Array.from({ length: 1_000 }, (_, n) => `line ${n}`).join('\n');
  const lines = outputEntry(text, style).render(40);
  assert.equal(lines[0], '  … 600 lines before');
  assert.equal(lines.at(-1), '  line 999');
});

test('output in a fence is shown without it', () => {
  const text = '````\na.txt\n```\nb.txt\n````\n';
  assert.deepEqual(outputEntry(text, style).render(40), ['  a.txt', '  ```', '  b.txt']);
});

test('what follows the fence stays below the output', () => {
  const text = '```\nls: no such file\n```\nIt ended with exit code 2.';
  assert.deepEqual(outputEntry(text, style).render(40), [
    '  ls: no such file',
    '  It ended with exit code 2.',
  ]);
});

test('no entry is wider than the terminal or moves its cursor, whatever is in it', () => {
  const piece = fc.constantFrom(
    '漢',
    '😀',
    'word ',
    '\u001b[2J',
    '\u009b',
    '`',
    '|',
    '\n',
    '# ',
    '- ',
    '&#27;',
    '\n|- ',
  );
  const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, fc.integer({ min: 4, max: 60 }), (content, width) => {
      const entries = [messageEntry, outputEntry, replyEntry].map((make) => make(content, style));
      for (const line of entries.flatMap((entry) => entry.render(width))) {
        // oxlint-disable-next-line no-control-regex -- the escapes that must not be there
        assert.doesNotMatch(line, /[\u001b\u0080-\u009f]/);
        assert.ok(visibleWidth(line) <= width, `${JSON.stringify(line)} is wider than ${width}`);
      }
    }),
  );
});

test('a table is cut to the width and drawn anew for another one', () => {
  const entry = tableEntry((width) => `${'x'.repeat(width + 50)}\n`);
  assert.equal(visibleWidth(entry.render(30)[0] ?? ''), 30);
  assert.equal(visibleWidth(entry.render(20)[0] ?? ''), 20);
});
