import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PasteGate } from './paste-gate.ts';

const begin = '\u001b[200~';
const end = '\u001b[201~';
/** A marker that is cut before its third unit cannot be told from a key. */
const HELD = 3;

const gateOf = (bytesMax: number): { gate: PasteGate; sizes: number[] } => {
  const sizes: number[] = [];
  return { gate: new PasteGate({ bytesMax, onTooLarge: (bytes) => sizes.push(bytes) }), sizes };
};

test('keys pass at once, a lone escape too', () => {
  const { gate } = gateOf(10);
  for (const key of ['a', '\u001b', '\u001b[', '\u001b[A', '漢']) assert.equal(gate.take(key), key);
});

test('a paste passes when it is complete, wherever it was cut', () => {
  const keys = fc.string({ unit: fc.constantFrom('a', 'b', '\r'), maxLength: 5 });
  fc.assert(
    fc.property(fc.tuple(keys, fc.string({ maxLength: 30 }), keys), fc.nat(60), (texts, at) => {
      const [left, inner, right] = texts;
      const pasted = inner.replaceAll('\u001b', '');
      const whole = `${left}${begin}${pasted}${end}${right}`;
      const cut = Math.max(left.length + HELD, Math.min(at, whole.length));
      const { gate } = gateOf(1_000);
      assert.equal(gate.take(whole.slice(0, cut)) + gate.take(whole.slice(cut)), whole);
    }),
  );
});
test('a paste that is too large is counted and let go', () => {
  const { gate, sizes } = gateOf(1_000_000);
  let passed = gate.take(`x${begin}`);
  for (let index = 0; index < 2_500; index += 1) passed += gate.take('y'.repeat(4_096));
  passed += gate.take(`${end}z`);
  assert.equal(passed, 'xz');
  assert.deepEqual(sizes, [2_500 * 4_096]);
});

test('the limit counts bytes, and the next paste begins anew', () => {
  const { gate, sizes } = gateOf(6);
  assert.equal(gate.take(`${begin}漢字${end}`), `${begin}漢字${end}`);
  assert.equal(gate.take(`${begin}漢字!${end}`), '');
  assert.equal(gate.take(`${begin}ok${end}`), `${begin}ok${end}`);
  assert.deepEqual(sizes, [7]);
});
