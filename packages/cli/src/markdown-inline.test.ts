import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderInline } from './markdown-inline.ts';
import { styleFor } from './style.ts';

const style = styleFor(false);
const render = (line: string, isWhole = true, before = ''): [string, number] => {
  const { text, units } = renderInline(line, { style, before, isWhole });
  return [text, units];
};

test('a whole line is taken to its end', () => {
  assert.deepEqual(render('**a *b* c** `d`'), ['a b c d', 15]);
  assert.deepEqual(render('**a'), ['**a', 3]);
});

test('of an unfinished line only what is known is taken', () => {
  assert.deepEqual(render('see **b', false), ['see ', 4]);
  assert.deepEqual(render('see **b*', false), ['see ', 4]);
  assert.deepEqual(render('see \\', false), ['see ', 4]);
});

test('marks within a word, and between spaces, are characters', () => {
  assert.equal(render('a_b_c * d * 2*3*4')[0], 'a_b_c * d * 2*3*4');
  assert.equal(render('_b_', true, 'a')[0], '_b_');
});

test('code is not read for marks, and may hold shorter runs of its own', () => {
  assert.equal(render('`a **b** \\* c`')[0], 'a **b** \\* c');
  assert.equal(render('`` a`b ``')[0], 'a`b');
});

test('marks within marks have an end', () => {
  const deep = '*(_('.repeat(20) + 'x' + ')_)*'.repeat(20);
  assert.ok(render(deep)[0].includes('x'));
});
