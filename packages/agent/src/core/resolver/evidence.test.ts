import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidenceIn } from './evidence.ts';

test('values suggest the names of parameters that could take them', () => {
  const cases = [
    ['mail ann@example.com', 'email'],
    ['open https://example.com/a', 'url'],
    ['on 2024-05-01', 'date'],
    ['a room in New York', 'city'],
    ['for $300', 'price'],
    ['near 48.8566, 2.3522', 'latitude'],
    ['within 5 km', 'distance'],
    ['say "hello there"', 'text'],
  ] as const;
  for (const [text, implied] of cases) assert.ok(evidenceIn(text).implied.includes(implied), text);
  assert.deepEqual(evidenceIn('tell me more').implied, []);
});

test('numbers in words and dates are not values of their own', () => {
  assert.equal(evidenceIn('base 6 and height 10').values, 2);
  assert.equal(evidenceIn('at 2024-05-01').values, 1);
  assert.equal(evidenceIn('the sha256 of it').values, 0);
});
