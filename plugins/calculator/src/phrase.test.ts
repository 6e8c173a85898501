import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computed } from './computation.ts';

const cases: readonly (readonly [string, number])[] = [
  ['2+2', 4],
  ['what is 12 * 7?', 84],
  ['two plus two', 4],
  ['twenty five times four', 100],
  ['how much is 1,250 divided by 5', 250],
  ['calculate (3 + 4) * 2', 14],
  ['7 x 8', 56],
  ['100 ÷ 4 =', 25],
  ['18% of 240', 43.2],
  ['what is 18 percent of 240', 43.2],
  ['20 percent off 80', 64],
  ['20% off $80', 64],
  ['80 minus 20%', 64],
  ['15% tip on 60', 9],
  ['what is a tip of 15 percent on 60 dollars', 9],
  ['60 plus 20%', 72],
  ["what's a 20% tip on 45", 9],
  ['how much should i tip on 80 at 18%', 14.4],
  ['add 19% vat to 250', 297.5],
  ['split 96 between 4', 24],
  ['sum 12, 15 and 19', 46],
  ['12, 15 and 19', 46],
  ['15% tip on a 64 dollar bill', 9.6],
  ['the square root of 169', 13],
  ['increase 50 by 10%', 55],
  ['reduce 50 by 10 percent', 45],
  ['what percent of 80 is 20', 25],
  ['20 is what percent of 80', 25],
  ['what percentage is 20 of 80', 25],
  ['square root of 144', 12],
  ['sqrt(2)^2', 2],
  ['cube root of 27', 3],
  ['5 squared', 25],
  ['2 to the power of 10', 1024],
  ['2**10', 1024],
  ['half of 90', 45],
  ['a third of 90', 30],
  ['double 21', 42],
  ['average of 4, 8 and 12', 8],
  ['sum of 3 and 9', 12],
  ['the total of 1, 2 and 3', 6],
  ['what is the sum of 4 and 5', 9],
  ['subtract 5 from 20', 15],
  ['divide 81 by 9', 9],
  ['17 mod 5', 2],
  ['5 factorial', 120],
  ['5!', 120],
  ['one hundred and twenty divided by six', 20],
  ['3.5k + 500', 4000],
  ['0.1 + 0.2', 0.3],
  ['-3 * -4', 12],
  ['can you work out 9 times 9 for me please', 81],
  ['2 million / 4', 500_000],
  ['10 - 2 - 3', 5],
  ['2^3^2', 512],
];

for (const [text, expected] of cases) {
  test(`"${text}" is ${expected}`, async () => {
    const found = await computed(text);
    assert.ok('value' in found, JSON.stringify(found));
    assert.ok(Math.abs(found.value - expected) < 1e-9, String(found.value));
  });
}

test('a tip has what is paid in all', async () => {
  const found = await computed('15% tip on 60');
  assert.ok('value' in found);
  assert.equal(found.total, 69);
});
