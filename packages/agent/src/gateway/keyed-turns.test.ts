import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamPart } from '@opencomputer/contracts';
import { AgentError } from '@opencomputer/contracts';
import { partsOf, saying } from './fixtures/scripted-service.ts';
import { endCharactersMax, endsKeptMax, KeyedTurns } from './keyed-turns.ts';

const message = (key: string, text = 'hi', user?: string) => ({ key, text, user });

async function all(parts: AsyncIterable<StreamPart>): Promise<StreamPart[]> {
  return Array.fromAsync(parts);
}

/** A turn that is let go on by hand, and counts how often it was opened. */
function held(): { open: () => AsyncGenerator<StreamPart>; go: () => void; opened: () => number } {
  const gate = Promise.withResolvers<void>();
  let count = 0;
  return {
    go: gate.resolve,
    opened: () => count,
    async *open() {
      count += 1;
      const [start, ...rest] = saying('Hel', 'lo');
      if (start !== undefined) yield start;
      await gate.promise;
      yield* rest;
    },
  };
}

test('a repeated key joins the turn that runs, and both read all of it', async () => {
  const turns = new KeyedTurns();
  const turn = held();
  const first = all(turns.parts(message('k'), turn.open));
  const second = all(turns.parts(message('k'), turn.open));
  turn.go();
  assert.deepEqual(await first, saying('Hel', 'lo'));
  assert.deepEqual(await second, saying('Hel', 'lo'));
  assert.equal(turn.opened(), 1);
});

test('after the end a repeated key gets the same end, without a second turn', async () => {
  const turns = new KeyedTurns();
  const turn = held();
  turn.go();
  const whole = await all(turns.parts(message('k', 'hi', 'ann'), turn.open));
  const again = await all(turns.parts(message('k', 'hi', 'ann'), turn.open));
  assert.deepEqual(again, [whole[0], whole.at(-1)]);
  assert.equal(turn.opened(), 1);
});

test('the same key with other words or another conversation is refused, while it runs and after', async () => {
  const turns = new KeyedTurns();
  const turn = held();
  const first = all(turns.parts(message('k', 'hi', 'ann'), turn.open));
  const others = [message('k', 'ho', 'ann'), message('k', 'hi'), message('k', 'hi', 'bob')];
  const refuseAll = (): void => {
    for (const other of others) {
      assert.throws(() => turns.parts(other, turn.open), { code: 'IDEMPOTENCY_KEY_REUSED' });
    }
  };
  refuseAll();
  turn.go();
  await first;
  refuseAll();
  assert.equal(turn.opened(), 1);
});

test('what was refused before its start may be sent again with its key', async () => {
  const turns = new KeyedTurns();
  const busy = new AgentError('SERVICE_BUSY');
  const refusing = (): AsyncIterable<StreamPart> => ({
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(busy) }),
  });
  await assert.rejects(all(turns.parts(message('k'), refusing)), busy);
  const parts = await all(turns.parts(message('k', 'changed'), () => partsOf(saying('Yes'))));
  assert.deepEqual(parts, saying('Yes'));
});

test('the oldest ends are let go, by their number and by their size', async () => {
  const turns = new KeyedTurns();
  let opened = 0;
  const say = (key: string, words = 'x'): Promise<StreamPart[]> =>
    all(
      turns.parts(message(key), () => {
        opened += 1;
        return partsOf(saying(words));
      }),
    );
  for (let index = 0; index <= endsKeptMax; index += 1) await say(`k${index}`);
  opened = 0;
  await say(`k${endsKeptMax}`);
  assert.equal(opened, 0);
  await say('k0');
  assert.equal(opened, 1);
  const large = 'x'.repeat(endCharactersMax / 2 + 1);
  await say('one', large);
  await say('two', large);
  await say('two');
  assert.equal(opened, 3);
  await say('one');
  assert.equal(opened, 4);
});

test('a reply that no reader took is not asked past, so it waits for the person', async () => {
  const ends: string[] = [];
  async function* open(): AsyncGenerator<StreamPart> {
    let isTaken = false;
    try {
      yield* saying('Hello');
      isTaken = true;
    } finally {
      ends.push(isTaken ? 'taken' : 'left');
    }
  }
  const turns = new KeyedTurns();
  await all(turns.parts(message('k1'), open));
  for await (const part of turns.parts(message('k2'), open)) if (part.type === 'turn-end') break;
  for await (const part of turns.parts(message('k3'), open)) if (part.type === 'turn-start') break;
  const again = await all(turns.parts(message('k3'), open));
  assert.equal(again.at(-1)?.type, 'turn-end');
  // Of the last one the second reader took the end, the first had left before it.
  assert.deepEqual(ends, ['taken', 'left', 'taken']);
});
