import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createHostedStorage } from './hosted-storage.ts';

async function handleFor(t: TestContext): Promise<{ directory: string; key: string }> {
  const parent = await mkdtemp(join(tmpdir(), 'hosted-'));
  t.after(() => rm(parent, { recursive: true, force: true }));
  return { directory: join(parent, 'own'), key: randomBytes(32).toString('base64') };
}

test('a value is kept sealed under a name that shows nothing, and can be forgotten', async (t) => {
  const handle = await handleFor(t);
  const storage = createHostedStorage();
  assert.equal(await storage.get(handle, 'canary'), undefined);
  await storage.delete(handle, 'canary');
  await storage.set(handle, 'canary', { text: 'canary' });
  const [file = ''] = await readdir(handle.directory);
  assert.ok(!file.includes('canary'));
  assert.ok(!(await readFile(join(handle.directory, file))).includes('canary'));
  assert.deepEqual(await createHostedStorage().get(handle, 'canary'), { text: 'canary' });
  await storage.delete(handle, 'canary');
  assert.equal(await storage.get(handle, 'canary'), undefined);
});

test('a value of another name, another key or too many bytes is refused', async (t) => {
  const handle = await handleFor(t);
  const storage = createHostedStorage();
  await storage.set(handle, 'one', 1);
  const [one = ''] = await readdir(handle.directory);
  await storage.set(handle, 'two', 2);
  const two = (await readdir(handle.directory)).find((file) => file !== one) ?? '';
  await writeFile(join(handle.directory, two), await readFile(join(handle.directory, one)));
  await assert.rejects(storage.get(handle, 'two'), { code: 'STORE_FAILED' });
  await assert.rejects(storage.set(handle, 'one', 'x'.repeat(4_000_000)), { code: 'STORE_FAILED' });
  assert.equal(await storage.get(handle, 'one'), 1);
  await assert.rejects(storage.get({ ...handle, key: 'AAAA' }, 'one'), { code: 'INTERNAL' });
});
