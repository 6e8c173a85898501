import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainSearch } from './plain-search.ts';

const search = plainSearch(['readFile a text file', 'write a text', 'heat_oven to degrees']);

test('rare words count more, names are split, and words are compared as they are', () => {
  assert.deepEqual(search('file text', 5), [0, 1]);
  assert.deepEqual(search('oven', 5), [2]);
  assert.deepEqual(search('ovens', 5), []);
  assert.deepEqual(search('text', 1), [1]);
  assert.deepEqual(plainSearch([])('text', 3), []);
});
