import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Json, PluginStorage, ToolOutcome } from '@opencomputer/contracts';
import { APPLIED_KEYS_MAX, collection } from './collection.ts';
import type { Collection } from './collection.ts';
import { temporaryStorage } from './run-handler.ts';
import { StorageError } from './storage-error.ts';
import { StorageFactory } from './storage.ts';

async function storageFor(context: TestContext): Promise<PluginStorage> {
  const storage = await temporaryStorage();
  context.after(() => storage.remove());
  return new StorageFactory().open(storage, new AbortController().signal);
}

function memoryStorage(): PluginStorage {
  const values = new Map<string, Json>();
  return {
    get: (name) => Promise.resolve(values.get(name)),
    set: (name, value) => Promise.resolve(void values.set(name, value)),
    delete: (name) => Promise.resolve(void values.delete(name)),
  };
}

function add(list: Collection<string>, key: string, item: string): Promise<ToolOutcome> {
  return list.apply(key, (items) => ({
    items: [...items, item],
    outcome: { status: 'done', text: `added ${item} as number ${items.length + 1}` },
  }));
}

test('a retried write has its effect once and gets the first outcome', async (t) => {
  const list = collection<string>(await storageFor(t), 'list');
  const first = await add(list, 'key-1', 'milk');
  await add(list, 'key-2', 'bread');
  assert.deepEqual(await add(list, 'key-1', 'milk'), first);
  assert.deepEqual(await list.list(), ['milk', 'bread']);
});

test('the same write sent twice at the same time has its effect once', async (t) => {
  const list = collection<string>(await storageFor(t), 'list');
  const outcomes = await Promise.all([add(list, 'key', 'milk'), add(list, 'key', 'milk')]);
  assert.deepEqual(outcomes[0], outcomes[1]);
  assert.deepEqual(await list.list(), ['milk']);
});

test('a refusal changes nothing and is not remembered', async (t) => {
  const list = collection<string>(await storageFor(t), 'list');
  const outcome: ToolOutcome = { status: 'refused', text: 'not yet' };
  assert.deepEqual(await list.apply('key', () => ({ outcome })), outcome);
  await add(list, 'key', 'milk');
  assert.deepEqual(await list.list(), ['milk']);
});

test('the last keys are remembered and older ones forgotten', async () => {
  const list = collection<string>(memoryStorage(), 'list');
  for (let at = 0; at <= APPLIED_KEYS_MAX; at += 1) {
    await list.apply(`key-${at}`, () => ({
      items: [],
      outcome: { status: 'done', text: String(at) },
    }));
  }
  const read = async (key: string): Promise<string> =>
    (await list.apply(key, () => ({ outcome: { status: 'done', text: 'again' } }))).text;
  assert.equal(await read('key-0'), 'again');
  assert.equal(await read('key-1'), '1');
  assert.equal(await read(`key-${APPLIED_KEYS_MAX}`), String(APPLIED_KEYS_MAX));
});

test('long outcomes are forgotten sooner, but never the last one', async (t) => {
  const list = collection<string>(await storageFor(t), 'list');
  const text = 'x'.repeat(600_000);
  const write = (key: string): Promise<ToolOutcome> =>
    list.apply(key, (items) => ({ items: [...items, key], outcome: { status: 'done', text } }));
  await write('one');
  await write('one');
  assert.deepEqual(await list.list(), ['one']);
  await write('two');
  await write('two');
  assert.deepEqual(await list.list(), ['one', 'two']);
});

test('a list that outgrows its file is a refusal, and the list stays', async (t) => {
  const list = collection<string>(await storageFor(t), 'list');
  await add(list, 'key-1', 'milk');
  const outcome = await add(list, 'key-2', 'x'.repeat(4_100_000));
  assert.equal(outcome.status, 'refused');
  assert.deepEqual(await list.list(), ['milk']);
});

test('a value of another form is never taken for an empty list', async (t) => {
  const storage = await storageFor(t);
  await storage.set('list', { version: 2, entries: [] });
  const list = collection<string>(storage, 'list');
  await assert.rejects(list.list(), StorageError);
  await assert.rejects(add(list, 'key', 'milk'), StorageError);
});

test('storage that is not of this kit is read, then written', async () => {
  const list = collection<string>(memoryStorage(), 'list');
  await add(list, 'key', 'milk');
  await add(list, 'key', 'milk');
  assert.deepEqual(await list.list(), ['milk']);
});
