import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FinishedTurn } from '@opencomputer/contracts/internal';
import { createViews, viewsMax } from './views.ts';

const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cost: 0 };
const turn = (id: string): FinishedTurn => ({
  turn: id,
  at: 1,
  status: 'done',
  messages: [],
  reply: '',
  usage,
});

test('a view is brought up to date with what others added, and rebuilt when a turn was hidden', async () => {
  const turns: FinishedTurn[] = [turn('a'), turn('b')];
  const undone = new Set<string>();
  const asked: (string | undefined)[] = [];
  const viewOf = createViews<readonly string[]>(
    {
      turns: async (_, after) => {
        asked.push(after);
        return { turns: turns.filter((each) => each.turn > (after ?? '')), undone };
      },
    },
    {
      fold: (all, hidden) => all.map((each) => each.turn).filter((id) => !hidden.has(id)),
      add: (view, added) => [...view, added.turn],
      expectation: () => undefined,
    },
  );
  assert.deepEqual(await viewOf('c'), ['a', 'b']);
  turns.push(turn('c'));
  assert.deepEqual(await viewOf('c'), ['a', 'b', 'c']);
  undone.add('b');
  assert.deepEqual(await viewOf('c'), ['a', 'c']);
  assert.deepEqual(asked, [undefined, 'b', 'c', undefined]);
  for (let index = 0; index < viewsMax; index++) await viewOf(`other ${index}`);
  await viewOf('c');
  assert.equal(asked.at(-1), undefined, 'the least recently used one was dropped');
});
