import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Memory, MemoryItem } from '@opencomputer/contracts';
import { memoryConformance } from './memory.ts';

/** A memory that is right, in as few words as that takes. */
function plainMemory(): Memory {
  const kept = new Map<string, { person: string; item: MemoryItem }>();
  let ids = 0;
  return {
    remember: async (person, { id = `item-${(ids += 1)}`, ...rest }) => {
      const known = kept.get(id);
      if (known) return known.item;
      const item = { id, ...rest };
      kept.set(id, { person, item });
      return item;
    },
    recall: async (person, query, { itemsMax, charactersMax }) => {
      const own = [...kept.values()].filter((one) => one.person === person);
      const fitting = own.filter(({ item }) => item.text.includes(query));
      const newest = fitting.toSorted((one, other) => other.item.at - one.item.at);
      let characters = 0;
      return newest
        .filter(({ item }) => (characters += item.text.length) <= charactersMax)
        .slice(0, itemsMax)
        .map(({ item }) => ({ item, score: 1, reason: 'the words' }));
    },
    forget: async (person, selector) => {
      const going = [...kept.values()].filter(
        ({ person: owner, item }) =>
          owner === person &&
          ('all' in selector ||
            ('id' in selector ? item.id === selector.id : item.source === selector.source)),
      );
      for (const { item } of going) kept.delete(item.id);
      return going.length;
    },
  };
}

for (const { name, run } of memoryConformance(plainMemory)) test(name, run);

/** A memory with something wrong, and the case that finds it. */
const faulty: Record<string, (right: Memory) => Memory> = {
  'what was remembered is recalled by its words, with source, trust and time': (right) => ({
    ...right,
    remember: (person, item) => right.remember(person, { ...item, trust: 'user' }),
  }),
  'a result has a reason and a score, the best first': (right) => ({
    ...right,
    recall: async (...query) =>
      (await right.recall(...query)).map((found) => ({ ...found, reason: '' })),
  }),
  'without words the newest come first': (right) => ({
    ...right,
    recall: async (...query) => (await right.recall(...query)).toReversed(),
  }),
  'the bounds of a recall hold': (right) => ({
    ...right,
    recall: (person, query) => right.recall(person, query, { itemsMax: 99, charactersMax: 99_999 }),
  }),
  'nothing of another person is recalled or forgotten': (right) => ({
    remember: (_, item) => right.remember('everybody', item),
    recall: (_, query, bounds) => right.recall('everybody', query, bounds),
    forget: (_, selector) => right.forget('everybody', selector),
  }),
  'the same id is kept once, as it was first': (right) => ({
    ...right,
    remember: (person, { text, source, trust, at }) =>
      right.remember(person, { text, source, trust, at }),
  }),
  'odd texts are kept as they are, and odd queries do no harm': (right) => ({
    ...right,
    recall: (person, query, bounds) => {
      new RegExp(query);
      return right.recall(person, query, bounds);
    },
  }),
  'what was forgotten by its id is gone, and the rest is not': (right) => ({
    ...right,
    forget: (person) => right.forget(person, { all: true }),
  }),
  'all that came from one event is forgotten together': (right) => ({
    ...right,
    forget: async (person, selector) => ('source' in selector ? 0 : right.forget(person, selector)),
  }),
  'all of a person is forgotten, and new things can be remembered': (right) => ({
    ...right,
    forget: async (person, selector) => {
      await right.forget(person, selector);
      return 1;
    },
  }),
};

for (const [name, break_] of Object.entries(faulty)) {
  test(`a memory that breaks it is found by "${name}"`, async () => {
    const cases = memoryConformance(() => break_(plainMemory()));
    await assert.rejects(cases.find((one) => one.name === name)?.run() ?? Promise.resolve());
  });
}
