import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, isObject, isRequestId, refusal } from './wire.ts';

test('an object is neither null nor a list; an id is a string or a finite number', () => {
  assert.deepEqual([{}, [], null, 'x', 1].map(isObject), [true, false, false, false, false]);
  const ids = ['a', 0, Number.NaN, null, {}, true];
  assert.deepEqual(ids.map(isRequestId), [true, true, false, false, false, false]);
});

test('answers carry the id of their request, refusals also without one', () => {
  assert.deepEqual(answer(1, { a: 1 }), { jsonrpc: '2.0', id: 1, result: { a: 1 } });
  const error = { code: -32700, message: 'no' };
  assert.deepEqual(refusal(null, error), { jsonrpc: '2.0', id: null, error });
});
