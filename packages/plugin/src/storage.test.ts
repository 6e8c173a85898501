import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { STORAGE_VALUE_BYTES_MAX, StorageError } from './storage-error.ts';
import type { StorageHandle, UpdatableStorage } from './storage-error.ts';
import { StorageFactory } from './storage.ts';

const forever = new AbortController().signal;

async function handleFor(context: TestContext): Promise<StorageHandle> {
  const parent = await mkdtemp(join(tmpdir(), 'storage-test-'));
  context.after(() => rm(parent, { recursive: true, force: true }));
  return { directory: join(parent, 'own'), key: randomBytes(32).toString('base64') };
}

async function onlyFile(handle: StorageHandle): Promise<string> {
  const files = await readdir(handle.directory);
  assert.equal(files.length, 1);
  return join(handle.directory, files[0] ?? '');
}

function hasProblem(problem: string): (error: unknown) => boolean {
  return (error) => error instanceof StorageError && error.problem === problem;
}

test('a value is read back by another process with the same key, and gone after delete', async (t) => {
  const handle = await handleFor(t);
  const storage = new StorageFactory().open(handle, forever);
  assert.equal(await storage.get('list'), undefined);
  await storage.set('list', { items: ['a', 1, null] });
  const later = new StorageFactory().open(handle, forever);
  assert.deepEqual(await later.get('list'), { items: ['a', 1, null] });
  await later.delete('list');
  await later.delete('list');
  assert.equal(await storage.get('list'), undefined);
});

test('neither name nor value is readable on disk, and only the owner may open it', async (t) => {
  const handle = await handleFor(t);
  await new StorageFactory().open(handle, forever).set('canary-name', 'canary-value');
  const file = await onlyFile(handle);
  assert.ok(!file.includes('canary'));
  assert.ok(!(await readFile(file)).includes('canary'));
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await stat(handle.directory)).mode & 0o777, 0o700);
});

test('every flipped byte, a cut file and another key are found and never returned', async (t) => {
  const handle = await handleFor(t);
  const storage = new StorageFactory().open(handle, forever);
  await storage.set('value', 'short');
  const file = await onlyFile(handle);
  const whole = await readFile(file);
  for (let at = 0; at < whole.length; at += 1) {
    const altered = Buffer.from(whole);
    altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
    await writeFile(file, altered);
    await assert.rejects(storage.get('value'), hasProblem('damaged'), `byte ${at}`);
    await writeFile(file, whole.subarray(0, at));
    await assert.rejects(storage.get('value'), hasProblem('damaged'), `cut at ${at}`);
  }
  await writeFile(file, whole);
  assert.equal(await storage.get('value'), 'short');
});

test('a value moved to the file of another name is damaged', async (t) => {
  const handle = await handleFor(t);
  const storage = new StorageFactory().open(handle, forever);
  await storage.set('one', 1);
  const one = await onlyFile(handle);
  await storage.set('two', 2);
  const files = (await readdir(handle.directory)).map((file) => join(handle.directory, file));
  const two = files.find((file) => file !== one) ?? '';
  await writeFile(two, await readFile(one));
  await assert.rejects(storage.get('two'), hasProblem('damaged'));
});

test('a value at the limit is kept, one byte more is refused and the old one stays', async (t) => {
  const storage = new StorageFactory().open(await handleFor(t), forever);
  const largest = 'x'.repeat(STORAGE_VALUE_BYTES_MAX - 2);
  await storage.set('value', largest);
  await assert.rejects(storage.set('value', `${largest}y`), hasProblem('too-large'));
  assert.equal(await storage.get('value'), largest);
});

test('names of any characters have files of their own; an empty or long one is refused', async (t) => {
  const storage = new StorageFactory().open(await handleFor(t), forever);
  const names = ['../escape', 'a/b', 'A', 'a', 'ä', '\0', 'x'.repeat(200)];
  for (const name of names) await storage.set(name, name);
  for (const name of names) assert.equal(await storage.get(name), name);
  await assert.rejects(storage.set('', 1), hasProblem('name'));
  await assert.rejects(storage.set('x'.repeat(201), 1), hasProblem('name'));
});

test('updates at the same time, from several calls, lose nothing', async (t) => {
  const handle = await handleFor(t);
  const factory = new StorageFactory();
  const add = (storage: UpdatableStorage): Promise<void> =>
    storage.update('count', (value) => ({
      value: (typeof value === 'number' ? value : 0) + 1,
      result: undefined,
    }));
  await Promise.all(Array.from({ length: 40 }, () => add(factory.open(handle, forever))));
  assert.equal(await factory.open(handle, forever).get('count'), 40);
});

test('an update that throws changes nothing and lets the next one through', async (t) => {
  const storage = new StorageFactory().open(await handleFor(t), forever);
  const broken = storage.update('value', () => Promise.reject(new Error('defect')));
  const next = storage.update('value', (value) => ({ value: [value ?? 'none'], result: 'ok' }));
  await assert.rejects(broken, /defect/);
  assert.equal(await next, 'ok');
  assert.deepEqual(await storage.get('value'), ['none']);
});

test('a cancelled call can read but no longer write', async (t) => {
  const handle = await handleFor(t);
  const factory = new StorageFactory();
  await factory.open(handle, forever).set('value', 'before');
  const storage = factory.open(handle, AbortSignal.abort());
  await assert.rejects(storage.set('value', 'after'), hasProblem('cancelled'));
  assert.equal(await storage.get('value'), 'before');
});

test('what a crash left half-written is removed with the first write of the next process', async (t) => {
  const handle = await handleFor(t);
  await new StorageFactory().open(handle, forever).set('value', 1);
  await writeFile(join(handle.directory, 'half.tmp'), 'half');
  await new StorageFactory().open(handle, forever).set('value', 2);
  await onlyFile(handle);
});

test('a key of the wrong length is refused', async (t) => {
  const handle = { ...(await handleFor(t)), key: Buffer.alloc(16).toString('base64') };
  assert.throws(() => new StorageFactory().open(handle, forever), hasProblem('absent'));
});
