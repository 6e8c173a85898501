import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadMathematics } from './mathematics.ts';

test('mathjs is loaded once and can parse', async () => {
  const [first, second] = await Promise.all([loadMathematics(), loadMathematics()]);
  assert.equal(first, second);
  assert.equal(first.parse('1 + 2').toString(), '1 + 2');
});
