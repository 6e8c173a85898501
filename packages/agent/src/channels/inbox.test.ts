import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { InboundMessage } from '@opencomputer/contracts';
import { createFakeClock } from '@opencomputer/testkit';
import { openStore } from '../store/index.ts';
import type { Store } from '../store/index.ts';
import { createInbox } from './inbox.ts';
import { channelMigrations } from './tables.ts';

async function open(context: TestContext): Promise<Store> {
  const path = mkdtempSync(join(tmpdir(), 'inbox-'));
  const migrations = channelMigrations;
  const store = await openStore({ path, command: 'test', migrations, clock: createFakeClock() });
  context.after(async () => {
    await store.close();
    rmSync(path, { recursive: true });
  });
  return store;
}

let ids = 0;

function message(channelMessageId: string, rest: Partial<InboundMessage> = {}): InboundMessage {
  return {
    id: `01a203cf-d6e9-7697-841b-${String((ids += 1)).padStart(12, '0')}`,
    channel: 'terminal',
    channelMessageId,
    person: 'ann',
    assurance: 'local',
    conversation: 'c1',
    text: `the words of ${channelMessageId}`,
    at: 1_000,
    timeZone: 'UTC',
    interactive: true,
    ...rest,
  };
}

test('a message is open as it was accepted, until it is finished', async (context) => {
  const { database, sealing } = await open(context);
  const inbox = createInbox(database, sealing);
  const one = message('m1', { folder: '/x', command: 'ls', modelOnly: true });
  assert.equal(await inbox.accept(one), 'accepted');
  const { id, person, conversation } = one;
  assert.deepEqual(await inbox.open(), [{ id, person, conversation, starts: 1 }]);
  assert.deepEqual(await inbox.read(id), one);
  await database.write([inbox.finish(one.id)]);
  assert.deepEqual(await inbox.open(), []);
});

test('the same message of a channel is accepted once, for ever, and by whoever brings it', async (context) => {
  const { database, sealing } = await open(context);
  const inbox = createInbox(database, sealing);
  const first = message('m1');
  await inbox.accept(first);
  await database.write([inbox.finish(first.id)]);
  assert.equal(await inbox.accept(message('m1', { text: 'changed', at: 9 })), 'duplicate');
  assert.equal(await createInbox(database, sealing).accept(message('m1')), 'duplicate');
  assert.equal(await inbox.accept(message('m1', { channel: 'mail' })), 'accepted');
  assert.equal(await inbox.accept(message('m', { channel: 'terminal\0' })), 'accepted');
});

test('of many copies that come at once one is accepted', async (context) => {
  const { database, sealing } = await open(context);
  const inbox = createInbox(database, sealing);
  const results = await Promise.all(
    Array.from({ length: 20 }, () => inbox.accept(message('the same'))),
  );
  assert.equal(results.filter((result) => result === 'accepted').length, 1);
});

test('messages of one millisecond are resumed in the order of their identifiers', async (context) => {
  const { database, sealing } = await open(context);
  const inbox = createInbox(database, sealing);
  const messages = Array.from({ length: 50 }, (_, index) => message(`m${index}`));
  // Not even the order of the rows is to be relied on.
  for (const one of messages.toReversed()) await inbox.accept(one);
  assert.deepEqual(
    (await inbox.open()).map(({ id }) => id),
    messages.map(({ id }) => id),
  );
});

test('neither the words nor the channel’s id are in the table', async (context) => {
  const { database, sealing } = await open(context);
  await createInbox(database, sealing).accept(message('canary-id'));
  const rows = await database.read<object>({ sql: 'select * from inbox', parameters: [] });
  const all = rows.flatMap((row) => Object.values(row) as (string | number | Uint8Array)[]);
  const text = all.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value));
  assert.doesNotMatch(text.join('\n'), /canary|words/);
});

test('a message that was altered, or whose person was erased, cannot be read; the others can', async (context) => {
  const { database, sealing } = await open(context);
  const inbox = createInbox(database, sealing);
  const [altered, whole] = [message('m1'), message('m2')];
  const erased = message('m3', { person: 'bob' });
  for (const one of [altered, whole, erased]) await inbox.accept(one);
  const sql = 'update inbox set payload = ? where id = ?';
  await database.write([{ sql, parameters: [new Uint8Array(64).fill(7), altered.id] }]);
  await sealing.erase('bob');
  assert.equal((await inbox.open()).length, 3, 'what is open is known without opening it');
  assert.deepEqual(await inbox.read(whole.id), whole);
  await assert.rejects(inbox.read(altered.id), { code: 'SEAL_BROKEN' });
  await assert.rejects(inbox.read(erased.id), { code: 'PERSON_ERASED' });
  await assert.rejects(inbox.read('nonsense'), { code: 'TURN_UNKNOWN' });
});

test('starts are counted, and taken back for turns that were left in good order', async (context) => {
  const { database, sealing } = await open(context);
  const inbox = createInbox(database, sealing);
  const { id } = message('m1');
  await inbox.accept(message('m1', { id }));
  await inbox.begin(id);
  await inbox.begin(id);
  assert.equal((await inbox.open())[0]?.starts, 3);
  await inbox.leave([id, 'nonsense']);
  assert.equal((await inbox.open())[0]?.starts, 2);
});

test('what is set aside is not open, is listed for its person, and opens again as if never started', async (context) => {
  const { database, sealing } = await open(context);
  const inbox = createInbox(database, sealing);
  const { id } = message('m1');
  await inbox.accept(message('m1', { id }));
  await database.write([inbox.park(id)]);
  assert.deepEqual(await inbox.open(), []);
  assert.deepEqual(
    (await inbox.parked('ann')).map((one) => one.id),
    [id],
  );
  assert.deepEqual(await inbox.parked('bob'), []);
  await database.write([inbox.unpark(id)]);
  assert.equal((await inbox.open())[0]?.starts, 0);
  await database.write([inbox.finish(id), inbox.unpark(id)]);
  assert.deepEqual(await inbox.open(), [], 'what has its end is not opened again');
});

test('however many messages are open, all are listed', async (context) => {
  const { database, sealing } = await open(context);
  const inbox = createInbox(database, sealing);
  const all = Array.from({ length: 2_050 }, (_, index) => message(`m${index}`));
  await Promise.all(all.map((one) => inbox.accept(one)));
  const listed = (await inbox.open()).map(({ id }) => id);
  assert.deepEqual(listed, all.map(({ id }) => id).toSorted());
});

test('of a message that comes again it is known how far it is', async (context) => {
  const { database, sealing } = await open(context);
  const inbox = createInbox(database, sealing);
  const { id, person, conversation, ...rest } = message('m1');
  await inbox.accept({ id, person, conversation, ...rest });
  const known = { id, person, conversation, starts: 1 };
  assert.deepEqual(await inbox.known(rest), { ...known, state: 'open' });
  await database.write([inbox.finish(id)]);
  assert.deepEqual(await inbox.known(rest), { ...known, state: 'done' });
  assert.equal(await inbox.known({ ...rest, channel: 'mail' }), undefined);
});
