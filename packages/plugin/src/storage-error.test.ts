import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StorageError } from './storage-error.ts';

test('a storage error names its problem and keeps its cause', () => {
  const cause = new Error('below');
  const error = new StorageError('damaged', 'altered', { cause });
  assert.deepEqual(
    [error.name, error.problem, error.message, error.cause],
    ['StorageError', 'damaged', 'altered', cause],
  );
});
