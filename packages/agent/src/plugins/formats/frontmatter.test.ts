import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemOf } from './fixtures/plugins.ts';
import { headText, parseMarkdown } from './frontmatter.ts';

test('head and text are told apart, with any line ends', () => {
  for (const end of ['\n', '\r\n']) {
    const text = ['---', 'name: a', 'description: >', '  two', '  lines', '---', '', '# A'].join(
      end,
    );
    const { head, body } = parseMarkdown(text, 'SKILL.md');
    assert.equal(headText(head, 'name'), 'a');
    assert.equal(headText(head, 'description'), 'two lines');
    assert.equal(body, '# A');
  }
  assert.deepEqual(parseMarkdown('just text\n---\n', 'a.md'), { head: {}, body: 'just text\n---' });
  assert.deepEqual(parseMarkdown('---\n---\ntext', 'a.md'), { head: {}, body: 'text' });
});

test('a wrong head is refused with its line in the file', async () => {
  const problem = (text: string): Promise<string> => problemOf(() => parseMarkdown(text, 'a.md'));
  assert.match(await problem('---\nname: a\n'), /^a\.md:1: .*does not end/);
  assert.match(await problem('---\n- a\n---\n'), /^a\.md:2: .*not a mapping/);
  assert.match(await problem('---\nname: a\nname: b\n---\n'), /^a\.md:3: .*unique/);
  assert.match(await problem(`---\nname: ${'x'.repeat(70_000)}\n---\n`), /at most 64000/);
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
  for (const [at, name] of 'bcdefgh'.split('').entries()) {
    bomb.push(`${name}: &${name} [${`*${'abcdefg'[at]},`.repeat(9)}]`);
  }
  assert.match(await problem(`---\n${bomb.join('\n')}\n---\n`), /^a\.md/);
});

test('a value that is no scalar is no text', () => {
  const head = { a: ['x'], b: ' ', c: 5, d: null };
  assert.deepEqual(
    ['a', 'b', 'c', 'd', 'e'].map((key) => headText(head, key)),
    [undefined, undefined, '5', undefined, undefined],
  );
});
