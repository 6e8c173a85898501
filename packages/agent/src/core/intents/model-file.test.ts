import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { classify, trainIntents } from './classifier.ts';
import { deserialize, serialize } from './model-file.ts';
import { seededRandom } from './random.ts';

const model = trainIntents(
  ['turn it on', 'turn it off', 'switch on', 'switch off', 'lights on', 'lights off'].map(
    (text) => ({
      text,
      intent: text.endsWith('on') ? 'on' : 'äus',
    }),
  ),
  { random: seededRandom(1) },
);
const bytes = serialize(model);

test('a stored model classifies as the one that was trained', () => {
  const loaded = deserialize(bytes);
  assert.ok(loaded);
  assert.deepEqual(loaded.labels, model.labels);
  assert.deepEqual(classify(loaded, 'switch it off'), classify(model, 'switch it off'));
});

test('a model is read from anywhere in a larger buffer', () => {
  for (const offset of [1, 2, 3, 4]) {
    const larger = new Uint8Array(bytes.length + offset);
    larger.set(bytes, offset);
    assert.deepEqual(deserialize(larger.subarray(offset))?.linear, model.linear);
  }
});

test('a changed byte anywhere reads as no model', () => {
  fc.assert(
    fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ by;
      assert.equal(deserialize(damaged), undefined);
    }),
  );
});

test('a cut or foreign file reads as no model', () => {
  assert.equal(deserialize(bytes.subarray(0, bytes.length - 4)), undefined);
  assert.equal(deserialize(new Uint8Array(5)), undefined);
  assert.equal(deserialize(new TextEncoder().encode('{"labels": []} and more text')), undefined);
});

test('a model is read from a buffer of Node, as a file gives it', () => {
  assert.deepEqual(deserialize(Buffer.from(bytes))?.labels, model.labels);
});
