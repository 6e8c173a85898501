import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dialogue, FinishedTurn } from '@opencomputer/contracts/internal';
import { createConversations, viewsMax } from './conversations.ts';
import type { Conversations } from './conversations.ts';

const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cost: 0 };
const turn = (name: string): FinishedTurn => ({
  turn: name,
  at: 0,
  status: 'done',
  messages: [],
  reply: name,
  usage,
});

/** A view that is the names of its turns. */
const dialogue: Dialogue<readonly string[]> = {
  fold: (turns, undone) => turns.map(({ turn: name }) => name).filter((name) => !undone.has(name)),
  add: (view, { turn: name }) => [...view, name],
  expectation: () => undefined,
};

function make(undone: readonly string[] = []): {
  conversations: Conversations<readonly string[]>;
  reads: string[];
} {
  const reads: string[] = [];
  const journal = {
    turns: async (conversation: string) => {
      reads.push(conversation);
      return {
        turns: [turn(`${conversation}-1`), turn(`${conversation}-2`)],
        undone: new Set(undone),
      };
    },
  };
  return { conversations: createConversations(journal, dialogue), reads };
}

test('a view is read from the log once, then kept and added to', async () => {
  const { conversations, reads } = make();
  conversations.add('a', turn('too early'));
  assert.deepEqual(await conversations.view('a'), ['a-1', 'a-2']);
  conversations.add('a', turn('a-3'));
  assert.deepEqual(await conversations.view('a'), ['a-1', 'a-2', 'a-3']);
  assert.deepEqual(reads, ['a']);
});

test('a view that is forgotten is read again, without what was undone', async () => {
  const { conversations, reads } = make(['a-2']);
  await conversations.view('a');
  conversations.forget('a');
  assert.deepEqual(await conversations.view('a'), ['a-1']);
  assert.equal(reads.length, 2);
});

test('beyond the limit the view that was used longest ago is dropped, and no other', async () => {
  const { conversations, reads } = make();
  for (let count = 0; count < viewsMax; count += 1) await conversations.view(`c${count}`);
  await conversations.view('c0');
  await conversations.view('one more');
  reads.length = 0;
  await conversations.view('c0');
  await conversations.view('c2');
  assert.deepEqual(reads, []);
  await conversations.view('c1');
  assert.deepEqual(reads, ['c1']);
});

test('work of one conversation runs one after the other, and a failure does not stop the next', async () => {
  const { conversations } = make();
  const seen: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = conversations.inOrder('a', async () => {
    await gate.promise;
    seen.push('first');
    throw new Error('planned');
  });
  const second = conversations.inOrder('a', async () => seen.push('second'));
  await conversations.inOrder('b', async () => seen.push('other'));
  gate.resolve();
  await assert.rejects(first, /planned/);
  await second;
  assert.deepEqual(seen, ['other', 'first', 'second']);
});
