import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readPage } from './readable-page.ts';

const paragraph =
  'The river rises in the hills, and it flows past three towns before it meets the sea. ';
const page = `<!doctype html><html><head><title>Rivers - Site</title><style>p{}</style></head><body>
<nav><a href="/">Home</a> <a href="/about">About us</a></nav>
<article><h1>Rivers</h1><p>${paragraph.repeat(3)}</p><script>alert(1)</script>
<h2>Fish</h2><ul><li>Trout</li><li>Pike &amp; <b>eel</b></li></ul><pre>x = 1
  y = 2</pre><p>${paragraph.repeat(3)}</p></article>
<footer>Cookies and terms</footer></body></html>`;

test('the main part of a page is kept as Markdown, without menus and scripts', async () => {
  const read = await readPage(page, 'https://example.org/');
  assert.match(read.title, /Rivers/);
  assert.match(read.text, /^(?:#+ Rivers\n\n)?The river rises/);
  assert.ok(read.text.includes('## Fish\n\n- Trout\n- Pike & eel'), read.text);
  assert.ok(read.text.includes('```\nx = 1\n  y = 2\n```'));
  assert.doesNotMatch(read.text, /alert|About us|Cookies/);
});

test('a page without a main part is read whole', async () => {
  const read = await readPage('<title>Hi</title><p>Short.<p>Two<br>lines', 'https://example.org/');
  assert.equal(read.title, 'Hi');
  assert.equal(read.text, 'Short.\n\nTwo\nlines');
});

test('a page without a title has its address', async () => {
  assert.equal((await readPage('text', 'https://example.org/')).title, 'https://example.org/');
});

test('no HTML throws, and nothing of a script is kept', async () => {
  const part = fc.constantFrom(
    '<p>',
    '</p>',
    '<div',
    '>',
    '<table><tr><td>',
    '<!--',
    '<script>secret()</script>',
    'a',
    '&amp',
    '</',
    '<svg>',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 25 }), async (parts) => {
      const { text } = await readPage(`<html><body>${parts.join('')}</body></html>`, 'x');
      assert.equal(typeof text, 'string');
    }),
    { numRuns: 60 },
  );
});
