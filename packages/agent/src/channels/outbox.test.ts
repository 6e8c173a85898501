import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { OutboundReply } from '@opencomputer/contracts';
import { createFakeClock } from '@opencomputer/testkit';
import { openStore } from '../store/index.ts';
import type { Store } from '../store/index.ts';
import { createOutbox } from './outbox.ts';
import { channelMigrations } from './tables.ts';

async function open(
  context: TestContext,
): Promise<Store & { outbox: ReturnType<typeof createOutbox>; put: Put }> {
  const path = mkdtempSync(join(tmpdir(), 'outbox-'));
  const migrations = channelMigrations;
  const store = await openStore({ path, command: 'test', migrations, clock: createFakeClock() });
  context.after(async () => {
    await store.close();
    rmSync(path, { recursive: true });
  });
  const { database, sealing } = store;
  const outbox = createOutbox(database, sealing);
  const put: Put = async (text, rest = {}) => {
    const id = randomUUIDv7();
    const base = { id, channel: 'terminal', person: 'ann', conversation: 'c1', text };
    await database.write([await outbox.enqueue({ ...base, ...rest })]);
    return id;
  };
  return { ...store, outbox, put };
}

type Put = (text: string, rest?: Partial<OutboundReply>) => Promise<string>;

const textsOf = (replies: readonly OutboundReply[]): string[] => replies.map(({ text }) => text);

test('a reply waits until it was delivered, once', async (context) => {
  const { outbox, put } = await open(context);
  const id = await put('one');
  assert.deepEqual(textsOf(await outbox.waiting('ann')), ['one']);
  await outbox.delivered([id]);
  await outbox.delivered([id, 'no such reply']);
  assert.deepEqual(await outbox.waiting('ann'), []);
});

test('only what the agent says by itself waits, for its person, oldest first', async (context) => {
  const { outbox, put } = await open(context);
  await put('first');
  await put('the answer that is on its way', { turn: 't1' });
  await put('of another', { person: 'bob' });
  await put('second');
  assert.deepEqual(textsOf(await outbox.waiting('ann')), ['first', 'second']);
  assert.deepEqual(textsOf(await outbox.waiting('bob')), ['of another']);
});

test('more than fit into one visit come with the next, in order and none lost', async (context) => {
  const { outbox, put } = await open(context);
  for (let count = 0; count < 120; count += 1) await put(`notice ${count}`);
  const seen: string[] = [];
  for (;;) {
    const replies = await outbox.waiting('ann');
    if (replies.length === 0) break;
    seen.push(...textsOf(replies));
    await outbox.delivered(replies.map(({ id }) => id));
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 120 }, (_, count) => `notice ${count}`),
  );
});

test('a reply that was altered is told of once and not shown; the others are', async (context) => {
  const { put, database, sealing } = await open(context);
  const reports: string[] = [];
  const outbox = createOutbox(database, sealing, (error, about) =>
    reports.push(`${about}: ${String(error)}`),
  );
  const altered = await put('pay Bob');
  await put('call Ann');
  const sql = 'update outbox set payload = ? where id = ?';
  await database.write([{ sql, parameters: [new Uint8Array(64).fill(7), altered] }]);
  assert.deepEqual(textsOf(await outbox.waiting('ann')), ['call Ann']);
  assert.deepEqual(textsOf(await outbox.waiting('ann')), ['call Ann']);
  assert.equal(reports.length, 1);
  assert.ok(reports[0]?.startsWith(`reply ${altered}: `));
});

test('a reply that is put twice is refused, and the batch with it', async (context) => {
  const { outbox, database, put } = await open(context);
  const id = await put('one');
  const same = { id, channel: 'terminal', person: 'ann', conversation: 'c1', text: 'two' };
  await assert.rejects(database.write([await outbox.enqueue(same)]), { code: 'STORE_CONFLICT' });
  assert.deepEqual(textsOf(await outbox.waiting('ann')), ['one']);
});
