import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createContext, createStorageSource, readCircumstances } from './call-context.ts';
import { temporaryStorage } from './run-handler.ts';
import { StorageError } from './storage-error.ts';

const ambient = { now: () => 7, identifier: () => 'made' };
const call = () => Promise.resolve({ status: 'done', text: '' } as const);

test('circumstances are those of the call', () => {
  const storage = { directory: '/somewhere', key: 'a2V5' };
  const given = { idempotencyKey: 'k', now: 1, timeZone: 'Asia/Tokyo', folders: ['/a'], storage };
  assert.deepEqual(readCircumstances(given, ambient), given);
});

test('what a foreign host does not send is replaced by what harms least', () => {
  const least = { idempotencyKey: 'made', now: 7, timeZone: 'UTC', folders: [] };
  for (const value of [undefined, null, 'x', [], { storage: { directory: '/a' }, now: 'x' }]) {
    assert.deepEqual(readCircumstances(value, ambient), least);
  }
  assert.deepEqual(readCircumstances({ folders: ['/a', 1] }, ambient).folders, ['/a']);
});

test('without storage each operation says so; with it the key is not in the context', async (t) => {
  const parts = { signal: AbortSignal.abort(), storages: createStorageSource(), call };
  const bare = createContext(readCircumstances({}, ambient), parts);
  const absent = (error: unknown): boolean =>
    error instanceof StorageError && error.problem === 'absent';
  await assert.rejects(bare.storage.get('a'), absent);
  await assert.rejects(bare.storage.set('a', 1), absent);
  await assert.rejects(bare.storage.delete('a'), absent);
  const storage = await temporaryStorage();
  t.after(() => storage.remove());
  const { directory, key } = storage;
  const context = createContext(readCircumstances({ storage: { directory, key } }, ambient), parts);
  assert.ok(!JSON.stringify(context).includes(key));
  assert.equal(await context.storage.get('a'), undefined);
});

test('storage that could not be opened once is opened by the next one who needs it', async (t) => {
  const storage = await temporaryStorage();
  t.after(() => storage.remove());
  const { directory, key } = storage;
  const source = createStorageSource();
  let loads = 0;
  const storages: typeof source = () => {
    loads += 1;
    return loads === 1 ? Promise.reject(new Error('too many open files')) : source();
  };
  const given = readCircumstances({ storage: { directory, key } }, ambient);
  const context = createContext(given, { signal: new AbortController().signal, storages, call });
  await assert.rejects(context.storage.get('a'), /too many open files/);
  await context.storage.set('a', 1);
  assert.equal(await context.storage.get('a'), 1);
  assert.equal(loads, 2);
});
