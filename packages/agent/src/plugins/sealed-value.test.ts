import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { openValue, sealValue } from './sealed-value.ts';

test('a value opens at its own place, under its own key, and shows nothing of itself', () => {
  const key = randomBytes(32);
  const sealed = sealValue(key, 'one', 'canary ä');
  assert.ok(!sealed.includes('canary'));
  assert.equal(openValue(key, 'one', sealed), 'canary ä');
  assert.throws(() => openValue(key, 'two', sealed));
  assert.throws(() => openValue(randomBytes(32), 'one', sealed));
});

test('a value that was altered or cut anywhere does not open', () => {
  const key = randomBytes(32);
  const sealed = sealValue(key, 'one', 'short');
  for (let at = 0; at < sealed.length; at += 1) {
    const altered = Buffer.from(sealed);
    altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
    assert.throws(() => openValue(key, 'one', altered), `byte ${at}`);
    assert.throws(() => openValue(key, 'one', sealed.subarray(0, at)), `cut at ${at}`);
  }
});
