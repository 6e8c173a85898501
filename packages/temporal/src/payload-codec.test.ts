import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPayloadCodec, sealedEncoding } from './payload-codec.ts';

const key = new Uint8Array(32).fill(1);
const encoder = new TextEncoder();
const payload = {
  metadata: { encoding: encoder.encode('json/plain'), other: encoder.encode('x') },
  data: encoder.encode('{"text":"a word of a person"}'),
};

test('a payload comes back as it was, and is unreadable in between', async () => {
  const codec = createPayloadCodec(key);
  const [sealed = assert.fail()] = await codec.encode([payload]);
  const bytes = Buffer.concat([
    ...Object.values(sealed.metadata ?? {}),
    sealed.data ?? Buffer.of(),
  ]);
  assert.ok(!bytes.toString('latin1').includes('word'));
  assert.ok(!bytes.toString('latin1').includes('json/plain'));
  assert.deepEqual(await codec.decode([sealed]), [payload]);
});

test('a payload without data, which Temporal gives as an empty list, is sealed as well', async () => {
  const codec = createPayloadCodec(key);
  const { metadata } = payload;
  for (const empty of [{ metadata }, { metadata, data: [] as unknown as Uint8Array }]) {
    const [sealed = assert.fail()] = await codec.encode([empty]);
    const [opened] = await codec.decode([sealed]);
    assert.equal(opened?.data?.length, 0);
  }
});

test('the same payload is never sealed to the same bytes', async () => {
  const [first, second] = await createPayloadCodec(key).encode([payload, payload]);
  assert.notDeepEqual(first?.data, second?.data);
});

test('what was altered, cut, sealed under another key or not sealed is refused', async () => {
  const codec = createPayloadCodec(key);
  const [sealed = assert.fail()] = await codec.encode([payload]);
  const data = sealed.data ?? assert.fail();
  for (let place = 0; place < data.length; place += 7) {
    const altered = Uint8Array.from(data);
    altered[place] = (altered[place] ?? 0) ^ 1;
    await assert.rejects(codec.decode([{ ...sealed, data: altered }]));
  }
  await assert.rejects(codec.decode([{ ...sealed, data: data.subarray(0, 20) }]), /cut/);
  const other = createPayloadCodec(new Uint8Array(32).fill(2));
  await assert.rejects(other.decode([sealed]));
  await assert.rejects(codec.decode([payload]), /not sealed \(json\/plain\)/);
});

test('a key of another length is refused, and the form has its name', () => {
  assert.throws(() => createPayloadCodec(new Uint8Array(16)), /32 bytes/);
  assert.equal(sealedEncoding, 'binary/opencomputer-sealed-1');
});
