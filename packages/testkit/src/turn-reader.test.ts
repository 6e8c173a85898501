import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamPart } from '@opencomputer/contracts';
import { endOf, partsOf, readParts, readUntil } from './turn-reader.ts';

const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cost: 0 };
const end: StreamPart = { type: 'turn-end', turn: 't', status: 'done', text: 'hello', usage };
const delta: StreamPart = { type: 'text-delta', id: 'a', delta: 'hello' };

async function* stream(...parts: StreamPart[]): AsyncGenerator<StreamPart> {
  yield* parts;
}

test('all parts are read in order, each seen before the next', async () => {
  const seen: string[] = [];
  const parts = await readParts(stream(delta, end), ({ type }) => seen.push(type));
  assert.deepEqual(seen, ['text-delta', 'turn-end']);
  assert.equal(endOf(parts).text, 'hello');
  assert.deepEqual(partsOf(parts, 'text-delta'), [delta]);
});

test('reading up to a part leaves the rest, and a part that never comes is told', async () => {
  const parts = stream(delta, end);
  assert.deepEqual(await readUntil(parts, 'text-delta'), delta);
  assert.deepEqual((await parts.next()).value, end);
  await assert.rejects(readUntil(stream(delta), 'turn-end'), /ended without turn-end/);
  assert.throws(() => endOf([delta]), /did not end/);
});
