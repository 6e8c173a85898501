import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cells, fit, table } from './table.ts';

test('wide characters take two cells and marks none', () => {
  assert.equal(cells('abc'), 3);
  assert.equal(cells('漢字'), 4);
  assert.equal(cells('e\u0301'), 1);
  assert.equal(cells('👩‍👩‍👧'), 2);
  assert.equal(cells('❤️'), 2);
});

test('a text is cut by cells and never within a character', () => {
  assert.equal(fit('short', 5), 'short');
  assert.equal(fit('longer', 5), 'long…');
  assert.equal(fit('漢字漢字', 5), '漢字…');
});

test('columns align, numbers to the right, and the last one is cut to the width', () => {
  const rows = [
    ['a', '1', 'first'],
    ['漢字', '200', 'a description that does not fit'],
  ];
  assert.equal(
    table(rows, { columns: 26, numbers: [1] }),
    'a       1  first\n漢字  200  a description …\n',
  );
});

test('the last column can go on below itself', () => {
  const rows = [
    ['/help', 'keys and commands'],
    ['/x', 'an-extremely-long-word fits'],
    ['', ''],
  ];
  assert.equal(
    table(rows, { columns: 18, isWrapped: true }),
    '/help  keys and\n       commands\n/x     an-extreme…\n       fits\n\n',
  );
});

test('a cell cannot break its line', () => {
  assert.equal(table([['a\nb', 'c\u001b[2J']], { columns: 40 }), 'a b  c\n');
});
