import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeHeader, decodeRecord, encodeHeader, encodeRecord } from './format.ts';

const header = {
  version: '1.0.0',
  createdAt: 5,
  lock: { cost: 2, blockSize: 8, salt: 'AAAA', wrapped: 'AAAA' },
  prefix: 'AAAAAAAAAA==',
};

function source(bytes: Buffer): (length: number) => Promise<Buffer> {
  let position = 0;
  return async (length) => bytes.subarray(position, (position += length));
}

test('a header is read from the front of a file', () => {
  const raw = encodeHeader(header);
  assert.deepEqual(decodeHeader(Buffer.concat([raw, Buffer.from('rest')]), 'a'), { header, raw });
});

test('what is no header is said to be none', () => {
  const raw = encodeHeader(header);
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('a letter, not a backup'),
    raw.subarray(0, -1),
    Buffer.from(raw.toString('latin1').replace('createdAt', 'createdat'), 'latin1'),
  ]) {
    assert.throws(() => decodeHeader(bytes, 'a'), { code: 'BACKUP_DAMAGED' });
  }
});

test('records of files inside the folder are read, others are not', async () => {
  const entry = { path: 'plugins/notes/a.sealed', bytes: 3, mode: 0o600 };
  assert.deepEqual(await decodeRecord(source(encodeRecord(entry)), 'a'), entry);
  for (const path of ['../a', 'a/../b', '/etc/passwd', 'a//b', '', 'a\\b', './a', 'a\0']) {
    const record = encodeRecord({ ...entry, path });
    await assert.rejects(decodeRecord(source(record), 'a'), { code: 'BACKUP_DAMAGED' }, path);
  }
  const long = Buffer.alloc(4);
  long.writeUInt32BE(2 ** 31);
  await assert.rejects(decodeRecord(source(long), 'a'), { code: 'BACKUP_DAMAGED' });
});
