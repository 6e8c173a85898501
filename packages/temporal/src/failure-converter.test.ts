import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import { failureConverter } from './failure-converter.ts';

test('the words of a failure are in its payload, and come back', () => {
  const fault = ApplicationFailure.create({ type: 'STORE_FAILED', message: 'a word of a person' });
  const failure = failureConverter.errorToFailure(fault, defaultPayloadConverter);
  const { encodedAttributes, ...plain } = failure;
  assert.ok(encodedAttributes);
  assert.ok(!JSON.stringify(plain).includes('word'));
  const back = failureConverter.failureToError(failure, defaultPayloadConverter);
  assert.equal(back.message, 'a word of a person');
});
