import assert from 'node:assert/strict';
import { test } from 'node:test';
import { styleFor } from './style.ts';

test('a style ends what it begins and nothing else', () => {
  assert.equal(styleFor(true).bad('x'), '\u001b[31mx\u001b[39m');
  assert.equal(styleFor(true).bold(''), '');
});

test('without colour every style is the text itself', () => {
  const { isColoured, ...styles } = styleFor(false);
  assert.equal(isColoured, false);
  for (const apply of Object.values(styles)) assert.equal(apply('x'), 'x');
});
