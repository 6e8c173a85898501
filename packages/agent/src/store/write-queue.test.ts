import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import { WriteQueue } from './write-queue.ts';
import type { WriteLimits } from './write-queue.ts';
import type { WriteGroup } from './writer-protocol.ts';

const wide: WriteLimits = {
  batchesWaitingMax: 100,
  bytesWaitingMax: 10_000,
  groupBytesMax: 1000,
  groupBatchesMax: 10,
};

function queueWith(limits: Partial<WriteLimits> = {}) {
  const groups: WriteGroup[] = [];
  const queue = new WriteQueue((group) => groups.push(group), { ...wide, ...limits });
  const write = (bytes = 0, durable = true) =>
    queue.add([{ sql: 'INSERT', parameters: [new Uint8Array(bytes)] }], durable);
  const answer = () => queue.settle(groups.at(-1)?.batches.map(() => [1]) ?? []);
  /** Sizes of the groups sent so far. */
  const sizes = () => groups.map(({ batches }) => batches.length);
  return { queue, groups, write, answer, sizes };
}

/** Lets the microtask run that sends the first group. */
const turn = (): Promise<void> => Promise.resolve();

test('writes of one turn of the event loop are one group', async () => {
  const { write, sizes } = queueWith();
  void write();
  void write();
  assert.deepEqual(sizes(), []);
  await turn();
  assert.deepEqual(sizes(), [2]);
});

test('what arrives while a group is on its way becomes the next one', async () => {
  const { write, sizes, answer } = queueWith();
  void write();
  await turn();
  void write();
  void write();
  await turn();
  assert.deepEqual(sizes(), [1]);
  answer();
  assert.deepEqual(sizes(), [1, 2]);
});

test('a group ends at its number of batches and at its bytes', async () => {
  const { write, sizes, answer } = queueWith({ groupBatchesMax: 3 });
  for (let index = 0; index < 4; index++) void write();
  void write(900);
  void write(200);
  await turn();
  answer();
  answer();
  assert.deepEqual(sizes(), [3, 2, 1]);
});

test('one batch larger than a group goes alone', async () => {
  const { write, sizes } = queueWith();
  void write(5000);
  void write(1);
  await turn();
  assert.deepEqual(sizes(), [1]);
});

test('a group is synced when one of its batches must be', async () => {
  const { write, groups, answer } = queueWith();
  void write(0, false);
  await turn();
  void write(0, false);
  void write(0, true);
  answer();
  assert.deepEqual(
    groups.map(({ durable }) => durable),
    [false, true],
  );
});

test('each writer gets its own answer, in order', async () => {
  const { queue, write } = queueWith();
  const writes = [write(), write(), write()];
  await turn();
  queue.settle([[1], { code: 'STORE_FULL', details: {} }, [[{ id: 'a' }]]]);
  const outcomes = await Promise.allSettled(writes);
  assert.deepEqual(outcomes[0], { status: 'fulfilled', value: [{ changes: 1, rows: [] }] });
  assert.equal(
    outcomes[1]?.status === 'rejected' && isAgentError(outcomes[1].reason, 'STORE_FULL'),
    true,
  );
  const value = [{ changes: 1, rows: [{ id: 'a' }] }];
  assert.deepEqual(outcomes[2], { status: 'fulfilled', value });
});

test('at the limit of batches a write is refused, and taken again after an answer', async () => {
  const { write, answer } = queueWith({ batchesWaitingMax: 2 });
  const first = write();
  void write();
  assert.throws(() => write(), { code: 'STORE_BUSY' });
  await turn();
  answer();
  await first;
  const again = write();
  await turn();
  answer();
  assert.deepEqual(await again, [{ changes: 1, rows: [] }]);
});

test('at the limit of bytes a write is refused, and taken again after an answer', async () => {
  const { write, answer } = queueWith({ bytesWaitingMax: 100 });
  const first = write(60);
  assert.throws(() => write(41), { code: 'STORE_BUSY' });
  void write(40);
  await turn();
  answer();
  await first;
  void write(60);
  void write(40);
  assert.throws(() => write(1), { code: 'STORE_BUSY' });
});

test('when nothing will answer any more, everything that waits is told so', async () => {
  const { queue, write } = queueWith();
  const sent = write();
  await turn();
  const waiting = write();
  queue.fail({ code: 'STORE_FAILED', details: { problem: 'gone' } });
  for (const lost of [sent, waiting]) await assert.rejects(lost, { code: 'STORE_FAILED' });
  await queue.drained();
});

test('what a lost writer had been sent is rejected, and what waits goes to one that knows nothing', async () => {
  const { queue, write, answer, groups } = queueWith();
  const sent = write();
  await turn();
  const waiting = write();
  queue.lose({ code: 'STORE_FAILED', details: { problem: 'gone' } });
  await assert.rejects(sent, { code: 'STORE_FAILED' });
  assert.deepEqual(groups[1]?.learn, groups[0]?.learn);
  answer();
  await waiting;
  await queue.drained();
});

test('drained waits for the answers of everything accepted', async () => {
  const { queue, write, answer } = queueWith({ groupBatchesMax: 1 });
  const order: string[] = [];
  void write().then(() => order.push('first'));
  void write().then(() => order.push('second'));
  const drained = queue.drained().then(() => order.push('drained'));
  await turn();
  answer();
  answer();
  await drained;
  assert.deepEqual(order, ['first', 'second', 'drained']);
});
