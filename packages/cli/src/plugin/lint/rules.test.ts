import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rules } from './rules.ts';

test('every rule says what, why and how to repair it, in a sentence each', () => {
  for (const [id, { what, why, fix }] of Object.entries(rules)) {
    assert.match(id, /^[a-z]+(-[a-z]+)+$/);
    for (const text of [what, why, fix])
      assert.match(text, /^[A-Za-z_].{8,}\.$|^[A-Za-z].*>\.$/, id);
  }
});
