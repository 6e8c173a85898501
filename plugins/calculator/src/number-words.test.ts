import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numbersFromWords } from './number-words.ts';

test('written numbers become figures, and other words stay', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['two plus two', '2 plus 2'],
    ['twenty-five times four', '25 times 4'],
    ['one hundred and twenty minus seven', '120 minus 7'],
    ['two thousand three hundred and five', '2305'],
    ['three point one four', '3.14'],
    ['1.5 million divided by 3', '1500000 divided by 3'],
    ['2 million and 3', '2000000 and 3'],
    ['a dozen eggs', 'a 12 eggs'],
    ['three dozen', '36'],
    ['one two three', '1 2 3'],
    ['ten percent of eighty', '10 percent of 80'],
    ['seventy seventy', '70 70'],
    ['hundred years', 'hundred years'],
    ['the point of it', 'the point of it'],
    ['(two+three)*4', '(2+3)*4'],
    ['5 + 6', '5 + 6'],
  ];
  for (const [text, expected] of cases) assert.equal(numbersFromWords(text), expected, text);
});
