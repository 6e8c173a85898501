import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createFakeClock, endOf, readParts, readUntil } from '@opencomputer/testkit';
import * as channels from '../channels/index.ts';
import * as core from '../core/index.ts';
import * as plugins from '../plugins/index.ts';
import * as policy from '../policy/index.ts';
import * as store from '../store/index.ts';
import type { Driver } from './driver-port.ts';
import { message, openBench, words } from './fixtures/bench.ts';
import type { Bench, BenchOptions } from './fixtures/bench.ts';
import { shortened, startsMax } from './parking.ts';

const open = (context: TestContext, options: Partial<BenchOptions> = {}): Promise<Bench> =>
  openBench(
    context,
    { channels, core, plugins, policy, store },
    { clock: createFakeClock(), ...options },
  );

/** A model that never answers "poison", as if the process ended with it, and answers all else. */
const poisoned: Partial<BenchOptions> = {
  script: ({ messages }) =>
    messages.some((one) => one.role === 'user' && one.text === 'poison')
      ? 'silence'
      : [words('fine')],
};

/** A driver of a later process that gets as far as asking the model for the poison again. */
async function crash(bench: Bench, next: Driver): Promise<void> {
  const asked = bench.requests.length;
  await next.resume();
  // At a stop nothing else runs, so also what is suspected begins.
  void next.stop(60_000);
  while (bench.requests.length === asked) await new Promise(setImmediate);
}

async function crashedOften(context: TestContext): Promise<Bench & { turn: string }> {
  const bench = await open(context, poisoned);
  const parts = bench.driver.send(message('poison'));
  const { turn } = await readUntil(parts, 'turn-start');
  await readUntil(parts, 'model-start');
  for (let starts = 1; starts < startsMax; starts += 1) await crash(bench, bench.again());
  return { ...bench, turn };
}

test('a message that ended the process three times is set aside, and the person is told', async (context) => {
  const { again, mailbox, requests, turn, announced } = await crashedOften(context);
  const asked = requests.length;
  assert.equal(asked, startsMax);
  const next = again();
  await next.resume();
  await next.stop(60_000);
  assert.equal(requests.length, asked, 'it is not tried again');
  assert.deepEqual(await mailbox.open(), []);
  const [notice] = await mailbox.waiting('ann');
  assert.match(notice?.text ?? '', /ended 3 times while it worked on "poison"/);
  assert.ok(notice?.text.includes(`agent pending retry ${turn}`));
  assert.deepEqual(announced, ['ann']);
  assert.equal(await again().resume(), 0, 'and that is said once');
});

test('others go on, also those that were open together with it', async (context) => {
  const bench = await open(context, poisoned);
  const parts = bench.driver.send(message('poison', { conversation: 'bad' }));
  await readUntil(parts, 'model-start');
  const waiting = bench.driver.send(message('behind it', { conversation: 'bad' }));
  await readUntil(waiting, 'turn-start');
  const next = bench.again();
  await next.resume();
  const other = await readParts(next.send(message('hello', { conversation: 'good' })));
  assert.equal(endOf(other).text, 'fine');
});

test('set aside, it can be tried again or dropped, by its person', async (context) => {
  const { again, mailbox, turn, requests } = await crashedOften(context);
  const next = again();
  await next.resume();
  while ((await mailbox.parked('ann')).length === 0) await new Promise(setImmediate);
  await assert.rejects(next.settle('bob', turn, 'drop'), { code: 'TURN_UNKNOWN' });
  const asked = requests.length;
  await next.settle('ann', turn, 'retry');
  while (requests.length === asked) await new Promise(setImmediate);
  assert.equal((await mailbox.open())[0]?.starts, 1);
  await assert.rejects(next.settle('ann', turn, 'drop'), { code: 'TURN_UNKNOWN' });
});

test('of two decisions at the same time one counts, so that nothing is answered twice', async (context) => {
  const bench = await crashedOften(context);
  const next = bench.again();
  await next.resume();
  while ((await bench.mailbox.parked('ann')).length === 0) await new Promise(setImmediate);
  const asked = bench.requests.length;
  const both = await Promise.allSettled([
    next.settle('ann', bench.turn, 'drop'),
    next.settle('ann', bench.turn, 'retry'),
  ]);
  assert.deepEqual(
    both.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
  await next.stop(60_000);
  assert.deepEqual([await bench.mailbox.open(), bench.requests.length], [[], asked]);
});

test('what is dropped is neither open nor set aside', async (context) => {
  const { again, mailbox, turn } = await crashedOften(context);
  const next = again();
  await next.resume();
  while ((await mailbox.parked('ann')).length === 0) await new Promise(setImmediate);
  await next.settle('ann', turn, 'drop');
  assert.deepEqual([await mailbox.open(), await mailbox.parked('ann')], [[], []]);
});

test('a stop in good order is no crash, however often', async (context) => {
  const clock = createFakeClock();
  const bench = await open(context, { ...poisoned, clock });
  const parts = bench.driver.send(message('poison'));
  await readUntil(parts, 'model-start');
  let { driver } = bench;
  for (let count = 0; count < startsMax + 2; count += 1) {
    const asked = bench.requests.length;
    const stopped = driver.stop(1_000);
    clock.forward(1_000);
    await stopped;
    driver = bench.again();
    await driver.resume();
    while (bench.requests.length === asked) await new Promise(setImmediate);
  }
  assert.deepEqual(await bench.mailbox.parked('ann'), []);
});

test('a message or a record that was altered is reported and set aside; others are answered', async (context) => {
  for (const table of ['inbox', 'events']) {
    const bench = await open(context, poisoned);
    const parts = bench.driver.send(message('poison'));
    await readUntil(parts, 'model-start');
    const { turn } = await readUntil(
      bench.driver.send(message('more', { conversation: 'c2' })),
      'turn-start',
    );
    if (table === 'events') await recorded(bench);
    const sql = `update ${table} set payload = zeroblob(64) where conversation = 'c1'`;
    await bench.database.write([{ sql, parameters: [] }]);
    const next = bench.again();
    await next.resume();
    while ((await bench.mailbox.parked('ann')).length === 0) await new Promise(setImmediate);
    await next.stop(60_000);
    assert.ok(
      bench.reports.some((line) => line.includes('altered')),
      table,
    );
    assert.match((await bench.mailbox.waiting('ann')).map(({ text }) => text).join(), /altered/);
    assert.ok(turn);
  }
});

/** Words that steer a turn are written down before they are acknowledged. */
async function recorded({ driver, mailbox }: Bench): Promise<void> {
  const [first] = await mailbox.open();
  await driver.act({ type: 'steer', turn: first?.id ?? '', text: 'be brief' });
}

test('of a message its first words are repeated, on one line', () => {
  assert.equal(shortened(' a\n b '), 'a b');
  assert.equal(shortened('x'.repeat(500)).length, 81);
});
