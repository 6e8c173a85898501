import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorTable } from './errors.ts';

test('an error that asks the person to wait has a status that says so', () => {
  for (const code of ['SERVICE_BUSY', 'SERVICE_STOPPING', 'STORE_BUSY'] as const) {
    assert.equal(errorTable[code].status, 503, code);
  }
});
