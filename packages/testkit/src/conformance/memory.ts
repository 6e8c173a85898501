// Owns what every memory must do, as cases that an author runs against an implementation. Refuses to
// rate how well it finds things: only that it finds words it was told, and nothing of anybody else.

import assert from 'node:assert/strict';
import type { Memory, MemoryItem, MemoryTrust } from '@opencomputer/contracts';
import type { ConformanceCase } from './tool.ts';

const budget = { itemsMax: 10, charactersMax: 10_000 };
const at = Date.UTC(2026, 0, 5, 9);

const item = (text: string, rest: Partial<MemoryItem> = {}): Omit<MemoryItem, 'id'> => ({
  text,
  source: 'event-1',
  trust: 'user',
  at,
  ...rest,
});

/** The cases for a memory; `make` gives an empty one for each. Give each to `test(name, run)`. */
export function memoryConformance(
  make: () => Memory | Promise<Memory>,
): readonly ConformanceCase[] {
  const cases = { ...keeping, ...forgetting };
  return Object.entries(cases).map(([name, check]) => ({
    name,
    run: async () => check(await make()),
  }));
}

type Cases = Readonly<Record<string, (memory: Memory) => Promise<void>>>;

const texts = async (memory: Memory, person: string, query: string): Promise<readonly string[]> =>
  (await memory.recall(person, query, budget)).map((found) => found.item.text);

const keeping: Cases = {
  'what was remembered is recalled by its words, with source, trust and time': async (memory) => {
    for (const trust of ['user', 'trusted', 'untrusted'] satisfies MemoryTrust[]) {
      const source = `event-${trust}`;
      const kept = await memory.remember('ann', item(`a zebra ${trust}`, { trust, source }));
      const found = await memory.recall('ann', trust, budget);
      assert.deepEqual(found[0]?.item, kept);
      assert.deepEqual([kept.source, kept.trust, kept.at], [source, trust, at]);
    }
  },
  'a result has a reason and a score, the best first': async (memory) => {
    await memory.remember('ann', item('red green'));
    await memory.remember('ann', item('red green blue'));
    const found = await memory.recall('ann', 'blue', budget);
    assert.ok(found.length > 0);
    const scores = found.map(({ score }) => score);
    assert.deepEqual(
      scores,
      scores.toSorted((one, other) => other - one),
    );
    for (const { reason } of found) assert.ok(reason.length > 0);
    assert.match(found[0]?.item.text ?? '', /blue/);
  },
  'without words the newest come first': async (memory) => {
    await memory.remember('ann', item('older', { at }));
    await memory.remember('ann', item('newer', { at: at + 1_000 }));
    assert.deepEqual(await texts(memory, 'ann', ''), ['newer', 'older']);
  },
  'the bounds of a recall hold': async (memory) => {
    for (let count = 0; count < 20; count += 1) {
      await memory.remember('ann', item(`fact ${'x'.repeat(90)} ${count}`));
    }
    const few = await memory.recall('ann', 'fact', { itemsMax: 3, charactersMax: 10_000 });
    assert.equal(few.length, 3);
    const short = await memory.recall('ann', 'fact', { itemsMax: 10, charactersMax: 250 });
    const characters = short.reduce((sum, found) => sum + found.item.text.length, 0);
    assert.ok(characters <= 250, `${characters} characters`);
    assert.deepEqual(await memory.recall('ann', 'fact', { itemsMax: 0, charactersMax: 0 }), []);
  },
  'nothing of another person is recalled or forgotten': async (memory) => {
    const { id } = await memory.remember('bob', item('a secret of bob'));
    assert.deepEqual(await texts(memory, 'ann', 'secret'), []);
    assert.deepEqual(await texts(memory, 'ann', ''), []);
    assert.equal(await memory.forget('ann', { id }), 0);
    assert.equal(await memory.forget('ann', { source: 'event-1' }), 0);
    assert.equal(await memory.forget('ann', { all: true }), 0);
    assert.deepEqual(await texts(memory, 'bob', 'secret'), ['a secret of bob']);
  },
  'the same id is kept once, as it was first': async (memory) => {
    const id = '01a203cf-d6e9-7697-841b-82bcc8b99435';
    await memory.remember('ann', { ...item('the first'), id });
    const again = await memory.remember('ann', { ...item('the second'), id });
    assert.equal(again.text, 'the first');
    assert.deepEqual(await texts(memory, 'ann', ''), ['the first']);
  },
  'odd texts are kept as they are, and odd queries do no harm': async (memory) => {
    const odd = '"quotes" AND (NOT) * ^ 牛奶 Grüße 👋 \u202e x:y';
    await memory.remember('ann', item(odd));
    assert.deepEqual(await texts(memory, 'ann', ''), [odd]);
    for (const query of [
      '"',
      '*',
      'AND',
      'NOT x',
      '(',
      "'; drop table",
      '\u0000',
      'a'.repeat(2_000),
    ]) {
      await memory.recall('ann', query, budget);
    }
    assert.deepEqual(await texts(memory, 'ann', '牛奶'), [odd]);
  },
};

const forgetting: Cases = {
  'what was forgotten by its id is gone, and the rest is not': async (memory) => {
    const { id } = await memory.remember('ann', item('a zebra'));
    await memory.remember('ann', item('a giraffe'));
    assert.equal(await memory.forget('ann', { id }), 1);
    assert.equal(await memory.forget('ann', { id }), 0);
    assert.deepEqual(await texts(memory, 'ann', 'zebra'), []);
    assert.deepEqual(await texts(memory, 'ann', ''), ['a giraffe']);
  },
  'all that came from one event is forgotten together': async (memory) => {
    for (const text of ['one', 'two']) {
      await memory.remember('ann', item(text, { source: 'event-7' }));
    }
    await memory.remember('ann', item('three', { source: 'event-8' }));
    assert.equal(await memory.forget('ann', { source: 'event-7' }), 2);
    assert.deepEqual(await texts(memory, 'ann', ''), ['three']);
  },
  'all of a person is forgotten, and new things can be remembered': async (memory) => {
    for (const text of ['one', 'two', 'three']) await memory.remember('ann', item(text));
    assert.equal(await memory.forget('ann', { all: true }), 3);
    assert.deepEqual(await texts(memory, 'ann', ''), []);
    await memory.remember('ann', item('four'));
    assert.deepEqual(await texts(memory, 'ann', 'four'), ['four']);
  },
};
