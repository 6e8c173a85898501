import assert from 'node:assert/strict';
import { test } from 'node:test';
import { installationId } from './sealing.ts';

test('the owner of nobody’s data never changes, because rows are sealed under it', () => {
  assert.equal(installationId, 'installation');
});
