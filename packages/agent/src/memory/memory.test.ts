import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Memory } from '@opencomputer/contracts';
import { openStore } from '../store/index.ts';
import { createMemory } from './memory.ts';
import { memoryMigrations } from './tables.ts';

const clock = { now: () => 1_000, monotonic: () => 0, after: () => () => undefined };
const budget = { itemsMax: 5, charactersMax: 2_000 };

async function open(context: TestContext): Promise<{ memory: Memory; path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'memory-'));
  const store = await openStore({ path, command: 'test', migrations: memoryMigrations, clock });
  context.after(async () => {
    await store.close();
    await rm(path, { recursive: true });
  });
  const { database, sealing } = store;
  return { memory: createMemory({ database, sealing, identifier: randomUUIDv7 }), path };
}

const fact = (text: string, source = 'e1') => ({ text, source, trust: 'user' as const, at: 5 });

test('what was remembered is recalled by other forms of its words, best first', async (context) => {
  const { memory } = await open(context);
  await memory.remember('ann', fact('My locker code is 4711'));
  await memory.remember('ann', fact('The lockers are painted green'));
  await memory.remember('ann', fact('Bob likes tea'));
  const found = await memory.recall('ann', 'what is the code of my locker?', budget);
  assert.equal(found[0]?.item.text, 'My locker code is 4711');
  assert.ok(found.every(({ item }) => item.text !== 'Bob likes tea'));
  assert.match(found[0].reason, /of \d+ words/);
});

test('nobody recalls or forgets what another person said', async (context) => {
  const { memory } = await open(context);
  const kept = await memory.remember('ann', fact('The secret is rosebud'));
  assert.deepEqual(await memory.recall('bob', 'secret rosebud', budget), []);
  assert.equal(await memory.forget('bob', { id: kept.id }), 0);
  assert.equal((await memory.recall('ann', 'rosebud', budget)).length, 1);
});

test('forgetting by id, by source and all is complete', async (context) => {
  const { memory } = await open(context);
  const kept = await memory.remember('ann', fact('one apple', 'a'));
  await memory.remember('ann', fact('two apples', 'b'));
  await memory.remember('ann', fact('three apples', 'b'));
  assert.equal(await memory.forget('ann', { id: kept.id }), 1);
  assert.equal(await memory.forget('ann', { source: 'b' }), 2);
  await memory.remember('ann', fact('four apples'));
  assert.equal(await memory.forget('ann', { all: true }), 1);
  assert.deepEqual(await memory.recall('ann', 'apples', budget), []);
});

test('recall keeps to its budget, and without a word to go by gives the newest', async (context) => {
  const { memory } = await open(context);
  for (let index = 0; index < 20; index += 1) {
    await memory.remember('ann', fact(`apple number ${index} ${'x'.repeat(300)}`));
  }
  assert.equal((await memory.recall('ann', 'apple', budget)).length, 5);
  const small = await memory.recall('ann', 'apple', { itemsMax: 5, charactersMax: 700 });
  assert.equal(small.length, 2);
  const newest = await memory.recall('ann', '?!', budget);
  assert.equal(newest[0]?.reason, 'newest');
});

test('words stand nowhere in the data directory, neither in items nor in the index', async (context) => {
  const { memory, path } = await open(context);
  await memory.remember('ann', fact('the canary zanzibarian sings'));
  await memory.recall('ann', 'zanzibarian', budget);
  for (const name of await readdir(path)) {
    const bytes = await readFile(join(path, name));
    assert.ok(!bytes.includes('zanzibarian'), name);
  }
});

test('an empty or endless item is refused', async (context) => {
  const { memory } = await open(context);
  await assert.rejects(memory.remember('ann', fact('  ')), { code: 'INPUT_INVALID' });
  await assert.rejects(memory.remember('ann', fact('x'.repeat(9_000))), { code: 'INPUT_INVALID' });
});

test('an item that is remembered again under its id is kept once', async (context) => {
  const { memory } = await open(context);
  const first = await memory.remember('ann', { ...fact('one pear'), id: 'x' });
  const again = await memory.remember('ann', { ...fact('one pear, twice'), id: 'x' });
  assert.deepEqual(again, first);
  assert.equal((await memory.recall('ann', 'pear', budget)).length, 1);
});
