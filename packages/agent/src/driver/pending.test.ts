import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { PendingReply } from '@opencomputer/contracts/internal';
import { createFakeClock, endOf, readParts, readUntil } from '@opencomputer/testkit';
import * as channels from '../channels/index.ts';
import * as core from '../core/index.ts';
import * as plugins from '../plugins/index.ts';
import * as policy from '../policy/index.ts';
import * as store from '../store/index.ts';
import { message, openBench, toTool } from './fixtures/bench.ts';
import type { Bench } from './fixtures/bench.ts';
import { createPending, messagesListedMax, replyEvents } from './pending.ts';
import type { PendingView } from './pending.ts';

const dead: PendingReply = {
  id: 'r1',
  channel: 'webhook',
  conversation: 'c1',
  at: 1,
  state: 'dead',
  attempts: 20,
  text: 'x',
};

/** A call without a key was running when the process ended, and the next one has said so. */
async function afterCrash(
  context: TestContext,
): Promise<Bench & { pending: PendingView; settled: string[]; turn: string }> {
  const clock = createFakeClock();
  const again = toTool('bench_once', { text: 'wait' });
  const bench = await openBench(
    context,
    { channels, core, plugins, policy, store },
    {
      clock,
      understand: async (asked, expectation) =>
        asked.repeat === undefined
          ? again(asked, expectation)
          : core.repeated(asked.id, asked.repeat),
    },
  );
  const { turn } = await readUntil(bench.driver.send(message('wait')), 'turn-start');
  await bench.waiting;
  const driver = bench.again();
  await driver.resume();
  while ((await bench.mailbox.open()).length > 0) await new Promise(setImmediate);
  const settled: string[] = [];
  const { journal, mailbox, database } = bench;
  const pending = createPending({
    driver,
    log: { journal, mailbox, database },
    outbox: {
      list: async () => [dead],
      beyond: async () => 0,
      settle: async (_, reply, how) => void settled.push(`${how} ${reply}`),
    },
    now: clock.now,
  });
  return { ...bench, driver, pending, settled, turn };
}

test('a call without a known outcome is listed with what is known, until it was decided about', async (context) => {
  const { pending, turn, ran } = await afterCrash(context);
  const { outcomes, messages, replies } = await pending.list('ann');
  assert.deepEqual([messages, replies], [[], [dead]]);
  const [outcome] = outcomes;
  assert.deepEqual(
    [outcome?.call.tool, outcome?.call.arguments, outcome?.conversation],
    ['bench_once', { text: 'wait' }, 'c1'],
  );
  assert.equal(outcome?.id, `${turn}/${outcome?.call.callId}`);
  assert.deepEqual((await pending.list('bob')).outcomes, []);
  assert.equal(await pending.settle('ann', outcome?.id ?? '', 'drop'), 'outcome');
  assert.deepEqual((await pending.list('ann')).outcomes, []);
  assert.equal(ran.length, 1);
});

test('done again by the person’s word it runs once more under another key, and is decided', async (context) => {
  const { driver, pending, ran } = await afterCrash(context);
  const id = (await pending.list('ann')).outcomes[0]?.id ?? '';
  await assert.rejects(pending.settle('ann', id, 'retry'), { code: 'INPUT_INVALID' });
  const parts = await readParts(driver.send(message('again', { again: id })));
  assert.equal(endOf(parts).text, 'bench_once was done');
  assert.equal(ran.length, 2);
  assert.deepEqual(ran[0]?.input, ran[1]?.input);
  assert.notEqual(ran[0]?.key, ran[1]?.key);
  assert.deepEqual((await pending.list('ann')).outcomes, []);
  const twice = readParts(driver.send(message('again', { again: id })));
  await assert.rejects(twice, { code: 'APPROVAL_UNKNOWN' });
});

test('somebody else’s call is not done again', async (context) => {
  const { driver, pending, ran } = await afterCrash(context);
  const again = (await pending.list('ann')).outcomes[0]?.id ?? '';
  const parts = readParts(driver.send(message('again', { again, person: 'bob' })));
  await assert.rejects(parts, { code: 'APPROVAL_UNKNOWN' });
  assert.equal(ran.length, 1);
});

test('what is neither a message nor an outcome is a reply', async (context) => {
  const { pending, settled } = await afterCrash(context);
  assert.equal(await pending.settle('ann', 'r1', 'retry'), 'reply');
  assert.deepEqual(settled, ['retry r1']);
});

test('why a reply was given up is what the log says last', async () => {
  const given = (reason: string) => ({
    at: 1,
    conversation: 'c',
    payload: { reply: 'r1', reason },
  });
  const events = replyEvents({
    event: () => Promise.reject(new Error('not in this test')),
    events: async () => [given('newest'), given('older')],
  });
  assert.equal((await events.reasons('ann')).get('r1'), 'newest');
});

test('what is not listed is counted', async (context) => {
  const { pending, journal, database, mailbox, ports } = await afterCrash(context);
  const owner = { person: 'ann', conversation: 'c1' };
  const payload = { call: { callId: 'x', tool: 'bench_once', arguments: {} }, at: 1 };
  for (let count = 0; count < 510; count += 1) {
    const lost = { name: 'outcome-unknown', at: count, payload };
    await database.write([await journal.event({ ...owner, turn: `t${count}` }, lost)]);
  }
  assert.equal((await pending.list('ann')).more, 11);
  for (let count = 0; count < messagesListedMax + 2; count += 1) {
    const { stream: _, ...asked } = message('aside');
    const id = ports.identifier();
    await mailbox.accept({ ...asked, ...owner, id, at: 1 });
    await database.write([mailbox.park(id)]);
  }
  const { more, messages } = await pending.list('ann');
  assert.deepEqual([more, messages.length], [13, messagesListedMax]);
});
