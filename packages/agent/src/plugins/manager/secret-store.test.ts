import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createSecretStore } from './secret-store.ts';

const key = (): Promise<Uint8Array> => Promise.resolve(new Uint8Array(32).fill(7));

async function place(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'secrets-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'plugin-secrets.json');
}

test('a secret is kept sealed, closed to others, and told by name alone', async (t) => {
  const path = await place(t);
  const store = createSecretStore(path, key);
  assert.equal(await store.get('mail', 'token'), undefined);
  await Promise.all([store.set('mail', 'token', 'canary'), store.set('mail', 'other', 'x')]);
  await store.set('chat', 'token', 'y');
  assert.ok(!(await readFile(path, 'utf8')).includes('canary'));
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal(await createSecretStore(path, key).get('mail', 'token'), 'canary');
  assert.deepEqual(await store.names('mail'), ['token', 'other']);
  assert.equal(await store.get('mail', 'constructor'), undefined);
});

test('a secret is forgotten alone or with its plugin', async (t) => {
  const store = createSecretStore(await place(t), key);
  await store.set('mail', 'token', 'a');
  await store.set('mail', 'other', 'b');
  await store.set('chat', 'token', 'c');
  assert.equal(await store.delete('mail', 'token'), true);
  assert.equal(await store.delete('mail', 'token'), false);
  assert.equal(await store.get('mail', 'other'), 'b');
  assert.equal(await store.delete('mail'), true);
  assert.deepEqual(await store.names('mail'), []);
  assert.equal(await store.get('chat', 'token'), 'c');
});

test('a secret that was moved to another plugin, and a damaged file, are not used', async (t) => {
  const path = await place(t);
  const store = createSecretStore(path, key);
  await store.set('mail', 'token', 'a');
  const moved = (await readFile(path, 'utf8')).replace('"mail"', '"chat"');
  await writeFile(path, moved);
  await assert.rejects(store.get('chat', 'token'), { code: 'STORE_DAMAGED' });
  await writeFile(path, moved.slice(0, 20));
  await assert.rejects(store.set('chat', 'token', 'b'), { code: 'STORE_DAMAGED' });
});
