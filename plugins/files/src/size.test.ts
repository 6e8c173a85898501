import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sizeText } from './size.ts';

test('sizes are short', () => {
  const sizes = [0, 812, 999, 1_000, 1_449, 23_400_000, 999_600, 5_000_000_000];
  assert.deepEqual(sizes.map(sizeText), [
    '0 B',
    '812 B',
    '999 B',
    '1.0 kB',
    '1.4 kB',
    '23 MB',
    '1.0 MB',
    '5.0 GB',
  ]);
});
