import assert from 'node:assert/strict';
import { test } from 'node:test';
import { satisfies } from './version-range.ts';

test('a caret range admits what does not change its left-most part that is not zero', () => {
  const admitted = ['1.2.3 ^1.2.3', '1.9.0 ^1.2.3', '1.0.0 ^1', '0.2.9 ^0.2.3', '0.0.3 ^0.0.3'];
  const more = ['0.5.0 ^0', '0.0.9 ^0.0', '2.3.4 2.3.4', '9.9.9 *', '0.1.0-beta.1 ^0.1.0'];
  for (const pair of [...admitted, ...more]) {
    const [version = '', range = ''] = pair.split(' ');
    assert.ok(satisfies(version, range), pair);
  }
});

test('anything else is not satisfied, and neither is a range of another form', () => {
  const refused = ['1.2.2 ^1.2.3', '2.0.0 ^1.2.3', '0.3.0 ^0.2.3', '0.0.4 ^0.0.3', '1.0.0 ^0'];
  const more = ['1.2.3 >=1.0.0', '1.2.3 ~1.2', 'x ^1', '2.3.5 2.3.4', '1.0.0 '];
  for (const pair of [...refused, ...more]) {
    const [version = '', range = ''] = pair.split(' ');
    assert.ok(!satisfies(version, range), pair);
  }
});
