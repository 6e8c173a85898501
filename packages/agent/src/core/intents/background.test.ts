import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backgroundUtterances } from './background.ts';

test('there are a few hundred different utterances, none empty or overlong', () => {
  assert.ok(backgroundUtterances.length >= 300);
  assert.equal(new Set(backgroundUtterances).size, backgroundUtterances.length);
  assert.ok(backgroundUtterances.every((text) => text.length > 0 && text.length < 100));
  assert.ok(backgroundUtterances.every((text) => !text.includes('|')));
});
