import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isList, isObject } from './json-object.ts';

test('objects and lists are told apart, and from everything else', () => {
  const values = [{}, [], null, 'x', 1, undefined];
  assert.deepEqual(values.map(isObject), [true, false, false, false, false, false]);
  assert.deepEqual(values.map(isList), [false, true, false, false, false, false]);
});
