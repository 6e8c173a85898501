import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamPart } from '@opencomputer/contracts';
import { createPartStream, partsWaitingMax } from './stream.ts';
import { readParts } from '@opencomputer/testkit';

const part = (delta: string): StreamPart => ({ type: 'text-delta', id: 't', delta });
const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cost: 0 };
const end: StreamPart = { type: 'turn-end', turn: 't', status: 'done', text: '', usage };

test('parts arrive in order, those put before the reading and those after it', async () => {
  const stream = createPartStream();
  stream.put(part('a'));
  const reading = readParts(stream.parts);
  stream.put(part('b'));
  await new Promise(setImmediate);
  stream.put(part('c'));
  stream.end();
  assert.deepEqual(await reading, [part('a'), part('b'), part('c')]);
});

test('a failure comes after the parts before it', async () => {
  const stream = createPartStream();
  stream.put(part('a'));
  stream.fail('broken');
  const seen: StreamPart[] = [];
  await assert.rejects(
    readParts(stream.parts, (one) => void seen.push(one)),
    /broken/,
  );
  assert.deepEqual(seen, [part('a')]);
});

test('nothing is added after the end', async () => {
  const stream = createPartStream();
  stream.end();
  stream.put(part('late'));
  assert.deepEqual(await readParts(stream.parts), []);
});

test('a reader that does not read loses what is beyond the limit, never the end', async () => {
  const stream = createPartStream();
  for (let count = 0; count < partsWaitingMax + 5; count += 1) stream.put(part(`${count}`));
  stream.put(end);
  stream.end();
  const parts = await readParts(stream.parts);
  assert.equal(parts.length, partsWaitingMax + 1);
  assert.deepEqual(parts.at(-1), end);
});
