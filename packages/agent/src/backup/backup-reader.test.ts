import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { readBackup, readHeader } from './backup-reader.ts';
import { BackupWriter } from './backup-writer.ts';
import { chunkBytes, tagBytes } from './chunk-cipher.ts';
import { temporaryFolder, testKey } from './fixtures/data-folder.ts';

async function* pieces(...all: Buffer[]): AsyncGenerator<Buffer> {
  yield* all;
}

const large = randomBytes(2 * chunkBytes + 5);

async function written(t: TestContext): Promise<string> {
  const path = join(temporaryFolder(t), 'a.backup');
  const writer = await BackupWriter.begin({ path, key: testKey, version: '1.0.0', createdAt: 7 });
  await writer.add({ path: 'empty', bytes: 0, mode: 0o600 }, pieces());
  const halves = [large.subarray(0, 700_000), large.subarray(700_000)];
  await writer.add({ path: 'folder/large', bytes: large.length, mode: 0o700 }, pieces(...halves));
  assert.equal(existsSync(path), false, 'no name before the end');
  await writer.finish({ damaged: 2 });
  assert.equal(existsSync(`${path}.partial`), false);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  return path;
}

async function read(path: string): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  await readBackup(path, testKey, async ({ entry, bytes }) => {
    files[entry.path] = Buffer.concat(await Array.fromAsync(bytes));
  });
  return files;
}

test('what was written is read, and its facts are known without a key', async (t) => {
  const path = await written(t);
  assert.deepEqual(await read(path), { empty: Buffer.alloc(0), 'folder/large': large });
  const facts = await readBackup(path, testKey, async () => undefined);
  assert.deepEqual(
    { files: facts.files, bytes: facts.bytes, damaged: facts.damaged, createdAt: facts.createdAt },
    { files: 2, bytes: large.length, damaged: 2, createdAt: 7 },
  );
  assert.equal((await readHeader(path)).version, '1.0.0');
  assert.equal(readFileSync(path).includes(large.subarray(0, 32)), false);
});

test('a backup cut anywhere, at the border of a piece as well, is refused', async (t) => {
  const path = await written(t);
  const whole = readFileSync(path);
  const header = 14 + whole.readUInt32BE(10);
  const piece = chunkBytes + tagBytes;
  const borders = [header, header + piece, header + 2 * piece];
  const cuts = [0, 5, 30, 300, 1_200_000, whole.length - 17, whole.length - 1, ...borders];
  for (const cut of cuts) {
    writeFileSync(path, whole.subarray(0, cut));
    await assert.rejects(read(path), { code: 'BACKUP_DAMAGED' }, `cut at ${cut}`);
  }
  writeFileSync(path, Buffer.concat([whole, Buffer.from('more')]));
  await assert.rejects(read(path), { code: 'BACKUP_DAMAGED' });
});

test('a bit flipped anywhere is noticed, and two pieces cannot change places', async (t) => {
  const path = await written(t);
  const whole = readFileSync(path);
  const header = 14 + whole.readUInt32BE(10);
  const places = [0, 12, 20, header - 3, header, header + 9, header + chunkBytes + 20];
  for (const place of [...places, whole.length - 1, whole.length - 30]) {
    const altered = Buffer.from(whole);
    altered.writeUInt8(altered.readUInt8(place) ^ 2, place);
    writeFileSync(path, altered);
    await assert.rejects(read(path), { code: /^BACKUP_(DAMAGED|PASSPHRASE)$/ }, `at ${place}`);
  }
  const piece = chunkBytes + tagBytes;
  const swapped = Buffer.concat([
    whole.subarray(0, header),
    whole.subarray(header + piece, header + 2 * piece),
    whole.subarray(header, header + piece),
    whole.subarray(header + 2 * piece),
  ]);
  writeFileSync(path, swapped);
  await assert.rejects(read(path), { code: 'BACKUP_DAMAGED' });
});
