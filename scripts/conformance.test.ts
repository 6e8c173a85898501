import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportOf, requiredIn } from './conformance.ts';

test('a set requires its client scenarios, and nothing that it does not score', () => {
  const text = 'server:\n  - ping\nclient:\n  - a\n  - auth/b\nnot_scored:\n  - scenario: c\n';
  assert.deepEqual(requiredIn(text), ['a', 'auth/b']);
  assert.throws(() => requiredIn('server: []'), /no scenario/);
});

test('what is not marked as passed has failed, with the reasons of its checks', () => {
  const printed =
    '✓ a: 1 passed, 0 failed\n✗ auth/b: 1 passed, 1 failed\n✗ c: 2 passed, 0 failed\n';
  const checks = new Map([
    [
      'auth/b',
      [
        { id: 'one', status: 'SUCCESS', description: 'fine' },
        { id: 'two', status: 'FAILURE', errorMessage: 'no token' },
        { id: 'three', status: 'FAILURE', details: { message: 'not called' } },
      ],
    ],
    ['c', [{ id: 'one', status: 'SUCCESS' }]],
  ]);
  const { failed } = reportOf(['a', 'auth/b', 'c', 'd'], printed, (name) => checks.get(name));
  assert.deepEqual(
    [...failed],
    [
      ['auth/b', 'two: no token; three: not called'],
      ['c', 'the client ended with an error'],
      ['d', 'it did not run'],
    ],
  );
});
