import assert from 'node:assert/strict';
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
    const id = nextId();
    const base = { id, channel: 'terminal', person: 'ann', conversation: 'c1', text };
    await database.write(await outbox.enqueue({ ...base, ...rest }));
    return id;
  };
  return { ...store, outbox, put };
}

let ids = 0;

/** In order also within a millisecond, as the agent makes them. */
const nextId = (): string => `01a203cf-d6e9-7697-841b-${String((ids += 1)).padStart(12, '0')}`;

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

test('what a person has not seen waits for that person, oldest first', async (context) => {
  const { outbox, put } = await open(context);
  await put('first');
  await put('an answer whose reader a crash took away', { turn: 't1' });
  await put('of another', { person: 'bob' });
  await put('second');
  const [first, answer] = await outbox.waiting('ann');
  assert.deepEqual([first?.text, first?.turn, answer?.turn], ['first', undefined, 't1']);
  assert.deepEqual(textsOf(await outbox.waiting('ann')).slice(2), ['second']);
  assert.deepEqual(textsOf(await outbox.waiting('bob')), ['of another']);
});

test('what a reader has in hand does not wait, until the reader left without it', async (context) => {
  const { outbox, put, database, sealing } = await open(context);
  const id = await put('on its way', { turn: 't1' });
  outbox.hold(id);
  assert.deepEqual(await outbox.waiting('ann'), []);
  const next = createOutbox(database, sealing);
  assert.deepEqual(
    textsOf(await next.waiting('ann')),
    ['on its way'],
    'a crash forgets who had it',
  );
  outbox.release(id);
  assert.deepEqual(textsOf(await outbox.waiting('ann')), ['on its way']);
  outbox.hold(id);
  await outbox.delivered([id]);
  outbox.release(id);
  assert.deepEqual(await outbox.waiting('ann'), []);
});

test('held replies, however many, do not keep the others from being shown', async (context) => {
  const { outbox, put } = await open(context);
  for (let count = 0; count < 60; count += 1) outbox.hold(await put(`held ${count}`));
  await put('free');
  assert.deepEqual(textsOf(await outbox.waiting('ann')), ['free']);
});

test('a channel that delivers by itself gets its own replies, and copies of what it wants', async (context) => {
  const { database, sealing } = await open(context);
  const pushed = [
    { name: 'hook', copies: 'all' },
    { name: 'pager', copies: 'notices' },
    { name: 'mail' },
  ] as const;
  const outbox = createOutbox(database, sealing, { pushed });
  const base = { person: 'ann', conversation: 'c1', text: 'x' };
  const put = async (rest: Pick<OutboundReply, 'channel'> & Partial<OutboundReply>) =>
    database.write(await outbox.enqueue({ ...base, id: nextId(), ...rest }));
  await put({ channel: 'terminal', turn: 't1' });
  await put({ channel: 'terminal' });
  await put({ channel: 'mail', turn: 't2' });
  await put({ channel: 'hook', turn: 't3' });
  const rows = await database.read<{ channel: string; turn: string | null }>({
    sql: 'select channel, turn from outbox order by channel, id',
    parameters: [],
  });
  const seen = rows.map(({ channel, turn }) => `${channel} ${turn ?? 'notice'}`);
  assert.deepEqual(seen.toSorted(), [
    'hook notice',
    'hook t1',
    'hook t2',
    'hook t3',
    'mail t2',
    'pager notice',
    'terminal notice',
    'terminal t1',
  ]);
  assert.equal(
    (await outbox.waiting('ann')).length,
    2,
    'a person is shown only what is not pushed',
  );
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
  const report = (error: unknown, about: string): number =>
    reports.push(`${about}: ${String(error)}`);
  const outbox = createOutbox(database, sealing, { report });
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
  await assert.rejects(database.write(await outbox.enqueue(same)), { code: 'STORE_CONFLICT' });
  assert.deepEqual(textsOf(await outbox.waiting('ann')), ['one']);
});
