import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { openChunk, prefixBytes, sealChunk } from './chunk-cipher.ts';

const key = { key: randomBytes(32), prefix: randomBytes(prefixBytes), header: Buffer.from('head') };
const bytes = randomBytes(100);
const place = { index: 3, isLast: false };

function sealed(): Buffer {
  const { body, tag } = sealChunk(key, place, bytes);
  return Buffer.concat([body, tag]);
}

test('a piece opens in its place of its file', () => {
  assert.deepEqual(openChunk(key, place, sealed()), bytes);
});

test('elsewhere, or as the last one, or under another header, it does not', () => {
  assert.equal(openChunk(key, { ...place, index: 2 }, sealed()), undefined);
  assert.equal(openChunk(key, { ...place, isLast: true }, sealed()), undefined);
  assert.equal(openChunk({ ...key, header: Buffer.from('Head') }, place, sealed()), undefined);
  assert.equal(openChunk({ ...key, prefix: randomBytes(7) }, place, sealed()), undefined);
});

test('nor does a piece that was altered or is shorter than a tag', () => {
  const altered = sealed();
  altered.writeUInt8(altered.readUInt8(50) ^ 8, 50);
  assert.equal(openChunk(key, place, altered), undefined);
  assert.equal(openChunk(key, place, Buffer.alloc(3)), undefined);
});
