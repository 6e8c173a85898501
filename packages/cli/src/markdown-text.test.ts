import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MarkdownText } from './markdown-text.ts';
import { styleFor } from './style.ts';

const style = styleFor(true);
// Without codes, so that only the marks are looked at.
const plain = styleFor(false);

const render = (text: string, size = text.length, look = plain): string => {
  const markdown = new MarkdownText(look);
  let shown = '';
  for (let index = 0; index < text.length; index += size) {
    shown += markdown.write(text.slice(index, index + size));
  }
  return shown + markdown.end();
};

const sample = `# Plan for *today*

Here is **what** I found, in \`three\` parts:

- the first, _soon_
  * nested
1. numbered
+ plus

\`\`\`sh
echo "**done**" # not a heading
- no list
\`\`\`
After \\*it\\*, 2 * 3 * 4, snake_case_name and a*b*c.
---
#hashtag
`;

const expected = `Plan for today

Here is what I found, in three parts:

• the first, soon
  • nested
1. numbered
• plus

echo "**done**" # not a heading
- no list
After *it*, 2 * 3 * 4, snake_case_name and a*b*c.
---
#hashtag
`;

test('the marks of headings, lists, code and emphasis are not shown', () => {
  assert.equal(render(sample), expected);
});

test('what they mean is shown by style', () => {
  assert.equal(render('# One', 9, style), style.bold('One'));
  assert.equal(
    render('**b** *i* ***x*** `c`', 99, style).split(' ').join('|'),
    [style.bold('b'), style.italic('i'), style.bold(style.italic('x')), style.accent('c')].join(
      '|',
    ),
  );
  assert.equal(render('- a', 9, style), `${style.accent('•')} a`);
  assert.equal(render('```\nx = 1\n```\n', 99, style), `${style.accent('x = 1')}\n`);
});

test('however a text is cut into pieces, the same is shown', () => {
  for (let size = 1; size < 12; size += 1) assert.equal(render(sample, size), expected, `${size}`);
});

test('any text is shown the same in one piece and in single characters', () => {
  const words = fc.constantFrom(
    'a',
    'b c',
    '*',
    '**',
    '_',
    '`',
    '```',
    '\\',
    '#',
    ' ',
    '\n',
    '- ',
    '~~~',
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 40 }), (pieces) => {
      const text = pieces.join('');
      assert.equal(render(text, 1), render(text));
    }),
    { numRuns: 300 },
  );
});

test('text appears as it comes, and only what may be a mark waits', () => {
  const markdown = new MarkdownText(plain);
  assert.equal(markdown.write('Hello '), 'Hello ');
  assert.equal(markdown.write('wor'), 'wor');
  assert.equal(markdown.write('ld, **ve'), 'ld, ');
  assert.equal(markdown.write('ry** good'), 'very good');
  assert.equal(markdown.write('\n-'), '\n');
  assert.equal(markdown.write(' item'), '• item');
});

test('emphasis in a script without spaces needs none around it', () => {
  assert.equal(render('\u8fd9\u662f**\u91cd\u70b9**\u3002', 1), '\u8fd9\u662f\u91cd\u70b9\u3002');
});

test('a mark that is never closed is shown, and does not hold back a long text', () => {
  assert.equal(render('a **b c\nd'), 'a **b c\nd');
  const markdown = new MarkdownText(plain);
  assert.equal(markdown.write('x **'), 'x ');
  assert.equal(markdown.write('y '.repeat(300)), `**${'y '.repeat(300)}`);
});

test('sequences for the terminal are dropped before anything else', () => {
  assert.equal(render('a \u001b[2J**b\u001b]0;t\u0007**', 1), 'a b');
});

test('the work grows with the text, not with its square', () => {
  const began = performance.now();
  render('*a _b `c '.repeat(60_000), 1_000);
  assert.ok(performance.now() - began < 5_000, `${performance.now() - began} ms`);
});
