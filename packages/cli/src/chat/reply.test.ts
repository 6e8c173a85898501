import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Component } from '@earendil-works/pi-tui';
import { styleFor } from '../style.ts';
import { replyEntry } from './entries.ts';
import { Reply } from './reply.ts';

const style = styleFor(false);

const stream = (text: string, size: number): { lines: string[]; settled: number } => {
  const blocks: Component[] = [];
  const reply = new Reply(style, (block) => blocks.push(block));
  for (let index = 0; index < text.length; index += size) {
    reply.write(text.slice(index, index + size));
    reply.render(60);
  }
  const settled = blocks.length;
  reply.end();
  return { lines: blocks.flatMap((block) => block.render(60)), settled };
};

const document = [
  '# A title',
  'A paragraph that is long enough to fill more than one line of the terminal, twice over, easily.',
  '- a list\n- with items\n\n- loosely set\n  1. and nested\n  2. twice',
  '```js\nconst blank = 1;\n\n\nconst lines = 2;\n```',
  '| a | b |\n|---|---|\n| 1 | 2 |',
  '> a quote\n> goes on',
  '3. numbers\n4. go on',
  'The end.',
].join('\n\n');

test('a streamed reply ends up as the same lines as the whole', () => {
  const whole = replyEntry(document.repeat(1), style).render(60);
  for (const size of [1, 7, 50, 5_000]) {
    assert.deepEqual(stream(document, size).lines, whole, `pieces of ${size}`);
  }
});

test('finished blocks settle while the rest still streams', () => {
  const text = Array.from({ length: 40 }, (_, n) => `Paragraph ${n} with a few more words.`).join(
    '\n\n',
  );
  const { lines, settled } = stream(text, 9);
  assert.ok(settled >= 3, String(settled));
  assert.deepEqual(lines, replyEntry(text, style).render(60));
});

test('blank lines within code do not settle it', () => {
  const code = `\`\`\`\n${'line\n\n'.repeat(200)}\`\`\`\n\nafter\n\nend`;
  const { lines } = stream(code, 11);
  assert.deepEqual(lines, replyEntry(code, style).render(60));
});

test('escapes that arrive in pieces never show', () => {
  const { lines } = stream('a\u001b[31mb\u001b]0;x\u0007c', 1);
  assert.deepEqual(
    lines.map((line) => line.trim()),
    ['abc'],
  );
});
