import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileTemplate, countWords, findRun, learnLeadIns, matchTemplate } from './templates.ts';
import { readTokens } from './tokens.ts';

const none = new Set<string>();
const always = (): boolean => true;

function match(example: string, text: string): Record<string, string> | undefined {
  const tokens = readTokens(text);
  const found = matchTemplate(compileTemplate(example, none), tokens, always);
  if (found === undefined) return undefined;
  const words = ([from, to]: readonly [number, number]): string =>
    tokens
      .slice(from, to)
      .map(({ word }) => word)
      .join(' ');
  return Object.fromEntries([...found].map(([slot, range]) => [slot, words(range)]));
}

test('words must be the same, slots take the rest', () => {
  assert.deepEqual(match('add {x} to my {y} list', 'Add milk and eggs to my shopping list!'), {
    x: 'milk and eggs',
    y: 'shopping',
  });
  assert.equal(match('add {x} to my list', 'add milk'), undefined);
  assert.deepEqual(match("what's {x}", 'what is love'), { x: 'love' });
});

test('a slot takes the longest run that is accepted', () => {
  assert.deepEqual(match('move {a} to {b}', 'move a to b to c'), { a: 'a to b', b: 'c' });
});

test('dropped slots take their preposition with them', () => {
  const pieces = compileTemplate('set a reminder for {at} to {text}', new Set(['at']));
  assert.deepEqual(pieces.at(-1), { slot: 'text' });
  assert.equal(countWords(pieces), 4);
});

test('lead-ins are the words before a slot, unless they are too common', () => {
  const templates = ['note to self {x}', 'to {x}', 'put {x} on the board'].map((example) =>
    compileTemplate(example, none),
  );
  assert.deepEqual(learnLeadIns(templates, new Set(['x'])), [
    { slot: 'x', words: ['note', 'to', 'self'], trailer: [] },
    { slot: 'x', words: ['put'], trailer: ['on', 'the', 'board'] },
  ]);
});

test('a run of words is found where it starts', () => {
  const tokens = readTokens('a b c b c');
  assert.equal(findRun(tokens, ['b', 'c']), 1);
  assert.equal(findRun(tokens, ['b', 'c'], 2), 3);
  assert.equal(findRun(tokens, ['c', 'a']), -1);
});

test('matching is bounded for repetitive text', () => {
  const pieces = compileTemplate('{a} x {b} x {c} x {d} x {e} y', none);
  const start = process.cpuUsage();
  for (let words = 10; words <= 100; words += 10) {
    assert.equal(matchTemplate(pieces, readTokens('x '.repeat(words)), always), undefined);
  }
  assert.ok(process.cpuUsage(start).user < 2_000_000);
});

test('what is built from a template matches it', () => {
  const word = fc.constantFrom('milk', 'to', 'my', 'list', 'add', 'now');
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (words) => {
      const text = words.join(' ');
      assert.deepEqual(match('add {x} to my list', `add ${text} to my list`), { x: text });
    }),
  );
});
