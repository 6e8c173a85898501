import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentError, errorTable } from '@opencomputer/contracts';
import type { ErrorCode } from '@opencomputer/contracts';
import { errorHead, isErrorData } from './wire.ts';

test('every error of the table leaves with its status and is known again', () => {
  for (const code of Object.keys(errorTable) as ErrorCode[]) {
    const data = new AgentError(code).toData();
    assert.equal(errorHead(data).status, errorTable[code].status);
    assert.ok(isErrorData(JSON.parse(JSON.stringify(data))));
  }
});

test('waiting times are whole seconds, and a missing key names the scheme', () => {
  const busy = new AgentError('SERVICE_BUSY', { retryAfterSeconds: 0.2 }).toData();
  assert.equal(errorHead(busy).headers['retry-after'], '1');
  const keyless = errorHead(new AgentError('UNAUTHORISED').toData());
  assert.equal(keyless.headers['www-authenticate'], 'Bearer');
  assert.equal('retry-after' in keyless.headers, false);
});

test('what is no error of this version is not taken for one', () => {
  const strange = [null, 'INTERNAL', {}, { code: 'NEW_CODE', message: 'x' }, { code: 'INTERNAL' }];
  for (const value of [...strange, { code: 'toString', message: 'x' }]) {
    assert.equal(isErrorData(value), false);
  }
});
