import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallContext, Memory, MemoryItem, Recalled } from '@opencomputer/contracts';
import { memorySkill } from './memory-skill.ts';

const context: CallContext = {
  signal: new AbortController().signal,
  idempotencyKey: 'turn-1/call-1',
  now: Date.UTC(2026, 10, 22),
  timeZone: 'UTC',
  folders: [],
  storage: {
    get: async () => undefined,
    set: async () => undefined,
    delete: async () => undefined,
  },
  call: async () => ({ status: 'refused', text: 'none' }),
};

/** A memory of one list, whose score is the number of shared words. */
function listMemory(): Memory & { readonly items: MemoryItem[] } {
  const items: MemoryItem[] = [];
  const score = (item: MemoryItem, query: string): number =>
    query.split(' ').filter((word) => item.text.includes(word)).length;
  return {
    items,
    remember: async (_person, item) => {
      const kept = { ...item, id: item.id ?? String(items.length) };
      if (!items.some(({ id }) => id === kept.id)) items.push(kept);
      return kept;
    },
    recall: async (_person, query) =>
      items
        .map((item): Recalled => ({ item, score: score(item, query), reason: '' }))
        .filter((one) => query === '' || one.score > 0)
        .sort((left, right) => right.score - left.score),
    forget: async (_person, selector) => {
      const index = items.findIndex(({ id }) => 'id' in selector && selector.id === id);
      items.splice(index, 1);
      return 1;
    },
  };
}

async function say(
  memory: Memory,
  tool: string,
  input: Readonly<Record<string, string>>,
): Promise<string> {
  const outcome = await memorySkill(memory, 'ann')[tool]?.(input, context);
  return outcome?.text ?? '';
}

test('a fact is kept once, however often its call is retried', async () => {
  const memory = listMemory();
  await say(memory, 'memory_remember', { text: 'the code is 4711' });
  await say(memory, 'memory_remember', { text: 'the code is 4711' });
  assert.equal(memory.items.length, 1);
  assert.equal(memory.items[0]?.source, 'turn-1');
});

test('a recall is told in words with its day, and "me" means everything', async () => {
  const memory = listMemory();
  await say(memory, 'memory_remember', { text: 'the code is 4711' });
  assert.equal(
    await say(memory, 'memory_recall', { query: 'code' }),
    'You told me: the code is 4711 (22 Nov)',
  );
  assert.match(await say(memory, 'memory_recall', { query: 'me' }), /4711/);
  assert.match(await say(memory, 'memory_recall', { query: 'zebra' }), /nothing about that/);
});

test('forgetting needs one fact that clearly matches', async () => {
  const memory = listMemory();
  for (const [id, text] of [
    ['a', 'red door code'],
    ['b', 'blue door code'],
  ] as const) {
    await memory.remember('ann', { id, text, source: 's', trust: 'user', at: 0 });
  }
  assert.match(await say(memory, 'memory_forget', { query: 'door code' }), /Several facts/);
  assert.equal(memory.items.length, 2);
  assert.match(await say(memory, 'memory_forget', { query: 'red door code' }), /Forgotten: red/);
  assert.deepEqual(
    memory.items.map(({ id }) => id),
    ['b'],
  );
});
