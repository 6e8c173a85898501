import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brief, subject } from './fixtures/subject.ts';
import { permissions } from './permissions.ts';

test('every host and the whole home are too much, named ones are not', () => {
  const files = { read: ['~/Documents', '~'], write: ['folders'] };
  const asked = { network: ['*', 'api.example.com'], files };
  assert.deepEqual(brief(permissions, subject({ permissions: asked })), [
    'permission-wide at permissions.network.0',
    'permission-wide at permissions.files.read.1',
  ]);
});
