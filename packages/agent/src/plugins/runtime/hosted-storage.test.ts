import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { StorageFactory } from '@opencomputer/plugin/storage';
import { createHostedStorage } from './hosted-storage.ts';

test('a value is sealed in the form of the kit, and read back, replaced and deleted', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'hosted-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const handle = { directory, key: randomBytes(32).toString('base64') };
  const storage = createHostedStorage();
  assert.equal(await storage.get(handle, 'items'), undefined);
  await storage.set(handle, 'items', ['milk']);
  await storage.set(handle, 'items', ['milk', 'a very private word']);
  assert.deepEqual(await storage.get(handle, 'items'), ['milk', 'a very private word']);
  const [file] = await readdir(directory);
  assert.doesNotMatch(await readFile(join(directory, file ?? ''), 'latin1'), /private|items/);
  const kit = new StorageFactory().open(handle, new AbortController().signal);
  assert.deepEqual(await kit.get('items'), ['milk', 'a very private word']);
  await storage.delete(handle, 'items');
  assert.equal(await storage.get(handle, 'items'), undefined);
});

test('another key reads nothing, and a call without storage has none', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'hosted-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const storage = createHostedStorage();
  const key = (): string => randomBytes(32).toString('base64');
  await storage.set({ directory, key: key() }, 'items', 1);
  assert.equal(await storage.get({ directory, key: key() }, 'items'), undefined);
  await assert.rejects(storage.get(null, 'items'), { code: 'STORE_FAILED' });
});
