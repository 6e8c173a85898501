import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readQuery, scorePath, scoreText } from './search.ts';

function score(query: string, path: string): number {
  return scorePath(readQuery(query), path, path.split('/').at(-1) ?? '');
}

test('a name with every word is best, then a part of a name, then a folder', () => {
  assert.equal(score('budget 2026', 'plans/budget_2026.xlsx'), 1);
  assert.equal(score('the budget plans', 'docs/budgetPlan.md'), 1);
  assert.ok(score('budget', 'old/minibudget.txt') > score('budget', 'budget/a.txt'));
  assert.ok(score('budget', 'budget/a.txt') > 0);
  assert.equal(score('budget', 'other/file.txt'), 0);
  assert.equal(score('  ', 'other/file.txt'), 0);
});

test('a pattern fits names and paths, and its signs are no regular expression', () => {
  assert.equal(score('*.md', 'docs/a.md'), 1);
  assert.equal(score('*.md', 'docs/a.mdx'), 0);
  assert.equal(score('docs/*.md', 'docs/a.md'), 1);
  assert.equal(score('docs/*.md', 'docs/sub/a.md'), 0);
  assert.equal(score('docs/**.md', 'docs/sub/a.md'), 1);
  assert.equal(score('a?.txt', 'a1.txt'), 1);
  assert.equal(score('(a+)+*', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa!'), 0);
});

test('a text answers with the line that has the most words', () => {
  const query = readQuery('invoice number');
  const found = scoreText(query, 'hello\nthe number\nInvoice number: 17\n');
  assert.deepEqual(found, { share: 1, line: 'Invoice number: 17', number: 3 });
  assert.equal(scoreText(query, 'nothing here').share, 0);
});
