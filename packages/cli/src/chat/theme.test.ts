import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Markdown } from '@earendil-works/pi-tui';
import { styleFor } from '../style.ts';
import { editorTheme, markdownTheme } from './theme.ts';

test('Markdown without colour has no escape at all', () => {
  const text = '# Title\n\n**bold** `code` [link](https://example.org)\n\n> quote\n\n- item\n';
  const lines = new Markdown(text, 0, 0, markdownTheme(styleFor(false))).render(60);
  // oxlint-disable-next-line no-control-regex -- the escape that must not be there
  assert.doesNotMatch(lines.join('\n'), /\u001b/);
  assert.match(
    lines.join('\n'),
    /Title[^]*bold code link \(https:\/\/example\.org\)[^]*quote[^]*- item/,
  );
});

test('the selected completion is told from the others without colour too', () => {
  assert.equal(editorTheme(styleFor(false)).selectList.selectedText('x'), 'x');
});
