// Owns how the parts of a chat look: Markdown, editor, lists. Refuses colours of its own: the
// sixteen of the terminal, and none where there is no colour.

import type { EditorTheme, MarkdownTheme } from '@earendil-works/pi-tui';
import type { Style } from '../style.ts';

/** Markdown as text that reads the same without colour. */
export function markdownTheme(style: Style): MarkdownTheme {
  return {
    heading: style.bold,
    link: style.accent,
    linkUrl: style.dim,
    code: style.accent,
    codeBlock: (text) => text,
    codeBlockBorder: style.dim,
    quote: style.italic,
    quoteBorder: style.dim,
    hr: style.dim,
    listBullet: style.dim,
    bold: style.bold,
    italic: style.italic,
    strikethrough: style.strike,
    underline: style.underline,
    codeBlockIndent: '',
  };
}

/** The editor and its list of completions. */
export function editorTheme(style: Style): EditorTheme {
  return {
    borderColor: style.dim,
    selectList: {
      selectedPrefix: style.accent,
      selectedText: style.bold,
      description: style.dim,
      scrollInfo: style.dim,
      noMatch: style.dim,
    },
  };
}
