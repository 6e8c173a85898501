import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textIn } from './input.ts';

test('a text is read without its margins, and nothing else becomes one', () => {
  assert.equal(textIn({ a: ' x ' }, 'a'), 'x');
  assert.equal(textIn({ a: 5 }, 'a'), '');
  assert.equal(textIn({}, 'a'), '');
});
