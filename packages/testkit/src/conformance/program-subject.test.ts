import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wrongArguments } from './program-subject.ts';

test('arguments are wrong without what is required, and nothing is wrong where all may be left out', () => {
  assert.deepEqual(wrongArguments({ type: 'object', required: ['name'] }), {});
  assert.equal(wrongArguments({ type: 'object', required: [] }), undefined);
  assert.equal(wrongArguments({ type: 'object' }), undefined);
});
