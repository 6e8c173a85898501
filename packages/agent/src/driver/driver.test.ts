import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { AgentError } from '@opencomputer/contracts';
import type { Message } from '@opencomputer/contracts';
import type { Database } from '@opencomputer/contracts/internal';
import { createFakeClock, endOf, partsOf, readParts, readUntil } from '@opencomputer/testkit';
import * as channels from '../channels/index.ts';
import * as core from '../core/index.ts';
import * as plugins from '../plugins/index.ts';
import * as policy from '../policy/index.ts';
import * as store from '../store/index.ts';
import { message, openBench, words } from './fixtures/bench.ts';
import type { Bench, BenchOptions } from './fixtures/bench.ts';
import { createDriver, resumedMax } from './driver.ts';
import { waitingPerConversationMax } from './places.ts';

const open = (
  context: TestContext,
  options: Partial<BenchOptions> = {},
  clock = createFakeClock(),
): Promise<Bench> =>
  openBench(context, { channels, core, plugins, policy, store }, { clock, ...options });

const said = (messages: readonly Message[]): string[] =>
  messages.flatMap((one) => (one.role === 'user' ? [one.text] : []));

test('a message is answered, and a second driver finds the turn in the log', async (context) => {
  const { driver, again, mailbox } = await open(context, { script: () => [words('Hello there.')] });
  const parts = await readParts(driver.send(message('hi')));
  assert.deepEqual(endOf(parts).status, 'done');
  assert.equal(parts[0]?.type, 'turn-start');
  assert.equal(parts.at(-1)?.type, 'turn-end');
  const [turn] = await again().turns('c1');
  assert.deepEqual([turn?.text, turn?.reply, turn?.undone], ['hi', 'Hello there.', false]);
  assert.deepEqual(await mailbox.open(), []);
  assert.equal(driver.running(), 0);
});

test('the first part comes only when the message is durable, and the same one is refused', async (context) => {
  const { driver, mailbox } = await open(context, { script: () => 'silence' });
  const request = message('hi', { channelMessageId: 'the same' });
  await readUntil(driver.send(request), 'turn-start');
  assert.equal((await mailbox.open()).length, 1);
  await assert.rejects(readParts(driver.send(request)), { code: 'MESSAGE_DUPLICATE' });
  await readUntil(driver.send({ ...request, channel: 'another' }), 'turn-start');
});

test('messages sent at once to one conversation are answered in the order of sending', async (context) => {
  const { driver, requests } = await open(context, {
    script: (_, index) => [words(`answer ${index}`)],
  });
  const sent = Array.from({ length: 20 }, (_, index) =>
    readParts(driver.send(message(`say ${index}`))),
  );
  const replies = (await Promise.all(sent)).map((parts) => endOf(parts).text);
  assert.deepEqual(
    replies,
    Array.from({ length: 20 }, (_, index) => `answer ${index}`),
  );
  assert.deepEqual(
    said(requests.at(-1)?.messages ?? []),
    Array.from({ length: 20 }, (_, index) => `say ${index}`),
  );
});

test('conversations do not wait for each other', async (context) => {
  const { driver } = await open(context, {
    script: ({ messages }) => (said(messages).includes('hang') ? 'silence' : [words('quick')]),
  });
  await readUntil(driver.send(message('hang', { conversation: 'slow' })), 'turn-start');
  const parts = await readParts(driver.send(message('hi', { conversation: 'fast' })));
  assert.equal(endOf(parts).text, 'quick');
  assert.equal(driver.running(), 1);
});

test('a burst beyond what one conversation may hold is refused before it is accepted', async (context) => {
  const { driver, mailbox } = await open(context, { script: () => 'silence' });
  const sent = Array.from({ length: waitingPerConversationMax + 10 }, (_, index) =>
    readUntil(driver.send(message(`say ${index}`)), 'turn-start'),
  );
  const results = await Promise.allSettled(sent);
  const refused = results.filter((one) => one.status === 'rejected');
  assert.equal(refused.length, 10);
  for (const one of refused) assert.match(String(one.reason), /Too many requests/);
  assert.equal((await mailbox.open()).length, waitingPerConversationMax);
});

test('a message that was refused leaves its place to the next one', async (context) => {
  const { driver } = await open(context, { script: () => [words('fine')] });
  const same = message('hi', { channelMessageId: 'again and again' });
  await readParts(driver.send(same));
  for (let count = 0; count < waitingPerConversationMax + 1; count += 1) {
    await assert.rejects(readParts(driver.send(same)), { code: 'MESSAGE_DUPLICATE' });
  }
  assert.equal(endOf(await readParts(driver.send(message('hi')))).text, 'fine');
});

test('actions reach only turns that run and questions that are open', async (context) => {
  const { driver } = await open(context, { script: () => 'silence' });
  const cancel = { type: 'cancel', turn: 'no such turn', reason: 'x' } as const;
  await assert.rejects(driver.act(cancel), { code: 'TURN_UNKNOWN' });
  const parts = driver.send(message('hi'));
  const { turn } = await readUntil(parts, 'turn-start');
  await readUntil(parts, 'model-start');
  const approve = { type: 'approve', turn, callId: 'no such call' } as const;
  await assert.rejects(driver.act(approve), { code: 'APPROVAL_UNKNOWN' });
});

test('a message that waits for the one before it can be cancelled', async (context) => {
  const { driver } = await open(context, { script: () => 'silence' });
  const running = await readUntil(driver.send(message('one')), 'turn-start');
  const second = readParts(driver.send(message('two')), (part) => {
    if (part.type !== 'turn-start') return;
    void driver.act({ type: 'cancel', turn: part.turn, reason: 'changed my mind' });
    void driver.act({ type: 'cancel', turn: running.turn, reason: 'next' });
  });
  const { status, error } = endOf(await second);
  assert.deepEqual([status, error?.code], ['cancelled', 'TURN_CANCELLED']);
  assert.match(error?.message ?? '', /changed my mind/);
});

test('undo hides the last visible turn, then the one before, also after a restart', async (context) => {
  const { driver, again, requests } = await open(context, {
    script: (_, index) => [words(`answer ${index}`)],
  });
  await readParts(driver.send(message('one')));
  await readParts(driver.send(message('two')));
  assert.equal((await driver.undo('ann', 'c1')).text, 'two');
  const next = again();
  assert.equal((await next.undo('ann', 'c1')).text, 'one');
  await assert.rejects(next.undo('ann', 'c1'), { code: 'CONVERSATION_UNKNOWN' });
  await readParts(next.send(message('three')));
  assert.deepEqual(said(requests.at(-1)?.messages ?? []), ['three']);
  assert.deepEqual(
    (await next.turns('c1')).map(({ undone }) => undone),
    [true, true, false],
  );
});

test('a preview sends nothing, keeps nothing and shows the conversation so far', async (context) => {
  const { driver, requests } = await open(context, { script: () => [words('yes')] });
  await readParts(driver.send(message('one')));
  const shown = await driver.preview({
    person: 'ann',
    conversation: 'c1',
    text: 'two',
    timeZone: 'UTC',
  });
  assert.deepEqual(said(shown.messages), ['one', 'two']);
  assert.equal(requests.length, 1);
  assert.equal((await driver.turns('c1')).length, 1);
});

test('a stopping driver takes no message, and leaves to the next start what does not end', async (context) => {
  const clock = createFakeClock();
  const { driver, again, mailbox } = await open(context, { script: () => 'silence' }, clock);
  await readUntil(driver.send(message('hi')), 'turn-start');
  const stopped = driver.stop(25_000);
  await assert.rejects(readParts(driver.send(message('late'))), { code: 'SERVICE_STOPPING' });
  clock.forward(25_000);
  await stopped;
  assert.equal((await mailbox.open()).length, 1);
  assert.equal(await again().resume(), 1);
});

test('what a crash left open is run once by the next driver, and its reply waits for the person', async (context) => {
  let alive = false;
  const { driver, again, mailbox, journal, announced } = await open(context, {
    script: () => (alive ? [words('I am back.')] : 'silence'),
  });
  await readUntil(driver.send(message('hi')), 'model-start');
  alive = true;
  const next = again();
  assert.equal(await next.resume(), 1);
  await next.stop(60_000);
  assert.deepEqual(await mailbox.open(), []);
  const waiting = await mailbox.waiting('ann');
  assert.equal(waiting.length, 1);
  assert.equal(waiting[0]?.text, 'I am back.');
  assert.ok(waiting[0]?.turn, 'so that it can be said what it answers');
  assert.deepEqual(announced, ['ann']);
  assert.equal((await journal.turns('c1')).turns.length, 1);
  assert.equal(await again().resume(), 0);
});

test('after a crash a few turns run at a time, in order, and new messages are served meanwhile', async (context) => {
  const { driver, again } = await open(context, {
    script: ({ messages }) => (said(messages).includes('new') ? [words('served')] : 'silence'),
  });
  const count = resumedMax + 20;
  for (let index = 0; index < count; index += 1) {
    const conversation = `c${index}`;
    await readUntil(driver.send(message(`old ${index}`, { conversation })), 'turn-start');
  }
  const next = again();
  assert.equal(await next.resume(), count);
  const parts = await readParts(next.send(message('new', { conversation: 'other' })));
  assert.equal(endOf(parts).text, 'served');
  while (next.running() < resumedMax) await new Promise(setImmediate);
  for (let round = 0; round < 50; round += 1) await new Promise(setImmediate);
  assert.equal(next.running(), resumedMax);
});

test('a message that a channel brings is durable when it is taken, taken once, and answered', async (context) => {
  const { driver, mailbox } = await open(context, { script: () => [words('taken')] });
  const { stream: _, ...request } = message('hello');
  const brought = { ...request, conversation: 'c9', at: 1, interactive: false };
  await driver.receive(brought);
  await driver.receive(brought);
  await driver.stop(60_000);
  assert.deepEqual(
    (await mailbox.waiting('ann')).map(({ text, conversation }) => [text, conversation]),
    [['taken', 'c9']],
  );
  await assert.rejects(driver.receive({ ...brought, channelMessageId: 'late' }), {
    code: 'SERVICE_STOPPING',
  });
});

test('parts that nobody reads do not hold the turn up', async (context) => {
  const { driver, journal } = await open(context, { script: () => [words('unread')] });
  await readUntil(driver.send(message('hi')), 'turn-start');
  await driver.stop(60_000);
  assert.equal((await journal.turns('c1')).turns[0]?.reply, 'unread');
});

test('an end that the store refused and kept all the same is not said a second time', async (context) => {
  const clock = createFakeClock();
  const bench = await open(context, { script: () => [words('once')] }, clock);
  const { ports, database, mailbox } = bench;
  let refusals = 1;
  const write: Database['write'] = async (statements, options) => {
    const results = await database.write(statements, options);
    const isEnd = statements.some(({ sql }) => sql.includes('insert into "outbox"'));
    if (isEnd && refusals-- > 0) throw new AgentError('STORE_FAILED', { problem: 'an I/O error' });
    return results;
  };
  const driver = createDriver({
    ...ports,
    log: { ...ports.log, database: { ...database, write } },
  });
  await assert.rejects(readParts(driver.send(message('hi'))), { code: 'STORE_FAILED' });
  while (!clock.waits.includes(4_000)) await new Promise(setImmediate);
  clock.forward(4_000);
  while (bench.announced.length === 0) await new Promise(setImmediate);
  await driver.stop(60_000);
  assert.deepEqual(
    (await mailbox.waiting('ann')).map(({ text }) => text),
    ['once'],
  );
  assert.equal(refusals, 0);
});

test('a turn without a model ends with a failure that is said, and only once', async (context) => {
  const { driver } = await open(context, { script: () => new Error('broken') });
  const parts = await readParts(driver.send(message('hi')));
  const end = endOf(parts);
  assert.deepEqual([end.status, end.error?.code], ['failed', 'INTERNAL']);
  assert.equal(partsOf(parts, 'turn-end').length, 1);
});
