import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parserOf } from './postgresql-values.ts';

test('values read as they do from SQLite', () => {
  assert.deepStrictEqual(parserOf(17)('\\x00ff10'), new Uint8Array([0, 255, 16]));
  assert.equal(parserOf(20)('9007199254740991'), Number.MAX_SAFE_INTEGER);
  assert.equal(parserOf(23)('-7'), -7);
  assert.equal(parserOf(1700)('2.50'), 2.5);
  assert.equal(parserOf(16)('t'), 1);
  assert.equal(parserOf(16)('f'), 0);
  assert.equal(parserOf(25)('text'), 'text');
});

test('an integer that no number can hold is an error, not another integer', () => {
  assert.throws(() => parserOf(20)('9007199254740993'), RangeError);
});
