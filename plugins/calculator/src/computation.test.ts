import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EXPRESSION_CHARACTERS_MAX, computed } from './computation.ts';

async function refusal(text: string): Promise<string> {
  const found = await computed(text);
  assert.ok('refusal' in found, `${text}: ${JSON.stringify(found)}`);
  return found.refusal;
}

test('functions and constants of a calculator are there', async () => {
  const cases: Readonly<Record<string, number>> = {
    'max(3, 9, 4)': 9,
    'log10(1000)': 3,
    'ln(e)': 1,
    'round(2.567, 2)': 2.57,
    'sin(pi / 2)': 1,
    'gcd(12, 18)': 6,
    'combinations(5, 2)': 10,
  };
  for (const [text, value] of Object.entries(cases)) {
    const found = await computed(text);
    assert.ok('value' in found && Math.abs(found.value - value) < 1e-12, text);
  }
});

test('nothing but sums is computed', async () => {
  for (const text of [
    'import("fs")',
    'f(x) = x^2',
    'a = 3',
    'parse("2+2")',
    'evaluate("2+2")',
    'createUnit("foo")',
    'config({})',
    'simplify(2)',
    'cos.constructor("return process")()',
    '[1,2,3]',
    '{a: 1}',
    '"text"',
    '1:1000000',
    'range(1, 1000000)',
    'zeros(10000, 10000)',
    'random()',
    'x + 1',
    'hello',
    '2 + 2; 3 + 3',
    'true',
    '5 km',
    '__proto__',
    'sqrt.name',
    '',
  ]) {
    await refusal(text);
  }
});

test('what has no answer says why', async () => {
  assert.match(await refusal('1/0'), /divided by zero/);
  assert.match(await refusal('0/0'), /not defined/);
  assert.match(await refusal('9^9^9'), /too large/);
  assert.match(await refusal('sqrt(-1)'), /plain number/);
  assert.match(await refusal('foo(2)'), /function "foo"/);
  assert.match(await refusal('2 apples + 3'), /"apples"/);
});

test('long, deep and broad expressions are refused', async () => {
  await refusal('1'.repeat(EXPRESSION_CHARACTERS_MAX + 1));
  await refusal(`${'('.repeat(60)}1${')'.repeat(60)}`);
  await refusal(Array.from({ length: 150 }, () => '1').join('+'));
});

test('no text throws', async () => {
  const part = fc.constantFrom(
    '1',
    '2.5',
    '+',
    '*',
    '(',
    ')',
    'sqrt(',
    '%',
    ' of ',
    ' ',
    '^',
    '!',
    '$',
    ',',
  );
  const text = fc.oneof(
    fc.array(part, { maxLength: 20 }).map((all) => all.join('')),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(text, async (given) => {
      const found = await computed(given);
      assert.ok('refusal' in found || Number.isFinite(found.value));
    }),
    { numRuns: 500 },
  );
});
