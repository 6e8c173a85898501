import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BackupWriter } from './backup-writer.ts';
import { temporaryFolder, testKey } from './fixtures/data-folder.ts';

async function* pieces(...all: Buffer[]): AsyncGenerator<Buffer> {
  yield* all;
}

const facts = { key: testKey, version: '1.0.0', createdAt: 1 };

test('a file that gives more or less than it said fails the backup', async (t) => {
  const path = join(temporaryFolder(t), 'a.backup');
  for (const content of [pieces(Buffer.from('abcd')), pieces(Buffer.from('ab'))]) {
    const writer = await BackupWriter.begin({ path, ...facts });
    const entry = { path: 'a', bytes: 3, mode: 0o600 };
    await assert.rejects(writer.add(entry, content), /changed its length/);
    await writer.abandon();
  }
});

test('what is abandoned leaves nothing, and what was left by a crash is replaced', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'a.backup');
  const crashed = await BackupWriter.begin({ path, ...facts });
  const writer = await BackupWriter.begin({ path, ...facts });
  await writer.abandon();
  assert.deepEqual(readdirSync(folder), []);
  await crashed.abandon();
  const last = await BackupWriter.begin({ path, ...facts });
  await last.finish({ damaged: 0 });
  assert.ok(existsSync(path));
});
