import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson, parseCanonical } from './canonical-json.ts';

test('keys are sorted at every depth, and what is undefined is left out', () => {
  const value = { b: [{ d: 1, c: null }], a: 'é', none: undefined };
  assert.equal(canonicalJson(value), '{"a":"é","b":[{"c":null,"d":1}]}');
  assert.deepEqual(parseCanonical(Buffer.from(canonicalJson(value))), {
    a: 'é',
    b: [{ c: null, d: 1 }],
  });
});

for (const text of [
  '{"a":1,"a":2}',
  '{"b":1,"a":2}',
  '{ "a":1}',
  '{"a":1.0}',
  '\uFEFF{}',
  'x',
  '',
]) {
  test(`another spelling is refused: ${JSON.stringify(text)}`, () => {
    assert.equal(parseCanonical(Buffer.from(text)), undefined);
  });
}

test('bytes that are no UTF-8, and a document without end, are refused', () => {
  assert.equal(parseCanonical(Buffer.from([0x22, 0xff, 0x22])), undefined);
  assert.equal(parseCanonical(Buffer.from('['.repeat(50) + ']'.repeat(50))), undefined);
  assert.throws(() => canonicalJson({ a: Number.NaN }), TypeError);
});
