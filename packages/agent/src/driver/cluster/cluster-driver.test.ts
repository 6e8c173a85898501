import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createHastyClock, endOf, partsOf, readParts } from '@opencomputer/testkit';
import * as channels from '../../channels/index.ts';
import * as core from '../../core/index.ts';
import * as plugins from '../../plugins/index.ts';
import * as policy from '../../policy/index.ts';
import * as store from '../../store/index.ts';
import type { Driver } from '../driver-port.ts';
import { message, openBench, toTool, words } from '../fixtures/bench.ts';
import type { Bench, BenchOptions, Script } from '../fixtures/bench.ts';
import { createClusterDriver, steerBytesMax } from './cluster-driver.ts';
import { createClusterSteps } from './cluster-steps.ts';
import { createDirectEngine } from './fixtures/direct-engine.ts';
import type { DirectEngine } from './fixtures/direct-engine.ts';

interface Cluster {
  readonly bench: Bench;
  readonly driver: Driver;
  readonly engine: DirectEngine;
}

async function open(
  context: TestContext,
  { times = 1, ...options }: Partial<BenchOptions> & { times?: number } = {},
): Promise<Cluster> {
  const folders = { channels, core, plugins, policy, store };
  const clock = createHastyClock(20);
  const bench = await openBench(context, folders, { clock, ...options });
  const { ports } = bench;
  const steps = createClusterSteps({ ports, fireTimers: async () => 60_000 });
  const engine = createDirectEngine({ steps, machine: core, times });
  const keyOf = (conversation: string): string => `key-${conversation}`;
  const driver = createClusterDriver({ ports, engine, keyOf, isGateway: true, person: 'ann' });
  context.after(() => driver.stop(0));
  return { bench, driver, engine };
}

const call =
  (tool: string): Script =>
  (_, index) =>
    index === 0
      ? [{ type: 'tool-call', call: { callId: 'x', tool, arguments: { text: 'a' } } }]
      : [words('It is done.')];

test('a message is answered by whoever runs it, shown by its record, and its reply is not left over', async (context) => {
  const { driver, bench, engine } = await open(context, { script: () => [words('Hello there.')] });
  const parts = await readParts(driver.send(message('hi')));
  assert.equal(parts[0]?.type, 'turn-start');
  assert.deepEqual(endOf(parts).text, 'Hello there.');
  assert.equal(
    partsOf(parts, 'text-delta')
      .map(({ delta }) => delta)
      .join(''),
    'Hello there.',
  );
  await engine.settled();
  assert.deepEqual(await bench.mailbox.waiting('ann'), []);
  assert.deepEqual(await bench.mailbox.open(), []);
  const [turn] = await driver.turns('c1');
  assert.deepEqual([turn?.text, turn?.reply], ['hi', 'Hello there.']);
  assert.equal(driver.running(), 0);
});

test('each step done three times has its effect once: one record, one end, one reply', async (context) => {
  const { driver, bench, engine } = await open(context, { times: 3, script: call('bench_read') });
  const parts = await readParts(driver.send(message('read it')));
  assert.equal(endOf(parts).text, 'It is done.');
  await engine.settled();
  const record = await bench.journal.record(endOf(parts).turn);
  const expected = ['turn-start', 'model-finish', 'policy-decide', 'tool-finish', 'model-finish'];
  assert.deepEqual(
    record.map(({ type }) => type),
    expected,
  );
  const rows = await bench.database.read<{ n: number }>({
    sql: `select count(*) as n from outbox union all select count(*) from events where name = 'turn-finish'`,
    parameters: [],
  });
  assert.deepEqual(
    rows.map(({ n }) => Number(n)),
    [1, 1],
  );
});

test('a tool is shown from its start to its end, and the fast path with its intent', async (context) => {
  const { driver } = await open(context, { understand: toTool('bench_read', { text: 'a' }) });
  const parts = await readParts(driver.send(message('read it')));
  const shown = parts.map(({ type }) => type).filter((type) => !type.startsWith('text'));
  assert.deepEqual(shown, ['turn-start', 'intent-resolve', 'tool-start', 'tool-end', 'turn-end']);
});

test('a person is asked, and the answer is taken by any gateway; another answer is refused', async (context) => {
  const { driver, bench } = await open(context, { script: call('bench_send') });
  for await (const part of driver.send(message('send it'))) {
    if (part.type === 'approval-ask') {
      const { turn } = part;
      await assert.rejects(driver.act({ type: 'approve', turn, callId: 'other' }), {
        code: 'APPROVAL_UNKNOWN',
      });
      await driver.act({ type: 'approve', turn, callId: part.call.callId });
    }
    if (part.type === 'approval-end') assert.equal(part.approved, true);
  }
  assert.deepEqual(
    bench.ran.map(({ tool }) => tool),
    ['bench_send'],
  );
});

test('what does not fit a turn is refused: one that ended, words that are too many', async (context) => {
  const { driver } = await open(context, { script: call('bench_send') });
  let turn = '';
  for await (const part of driver.send(message('send it'))) {
    if (part.type !== 'approval-ask') continue;
    ({ turn } = part);
    const text = 'x'.repeat(steerBytesMax + 1);
    await assert.rejects(driver.act({ type: 'steer', turn, text }), { code: 'INPUT_TOO_LARGE' });
    await driver.act({ type: 'cancel', turn, reason: 'enough' });
  }
  await assert.rejects(driver.act({ type: 'cancel', turn, reason: 'x' }), { code: 'TURN_UNKNOWN' });
  await assert.rejects(driver.act({ type: 'cancel', turn: 'none', reason: 'x' }), {
    code: 'TURN_UNKNOWN',
  });
});

test('the same message of a channel is refused, and one that nobody was told of is offered', async (context) => {
  const { driver, bench, engine } = await open(context, { script: () => [words('Hello.')] });
  const request = message('hi', { channelMessageId: 'the same' });
  await readParts(driver.send(request));
  await assert.rejects(readParts(driver.send(request)), { code: 'MESSAGE_DUPLICATE' });
  const joined = await readParts(driver.send({ ...request, join: true }));
  assert.equal(endOf(joined).text, 'Hello.');
  const untold = { ...message('again'), id: bench.ports.identifier(), at: 1, conversation: 'c2' };
  await bench.mailbox.accept(untold);
  assert.equal(await driver.resume(), 1);
  assert.equal(engine.woken.at(-1), 'c2');
  await engine.settled();
  assert.deepEqual(await bench.mailbox.open(), []);
});

test('what a reader left before its end waits for the person', async (context) => {
  const { driver, bench, engine } = await open(context, { script: () => [words('Hello.')] });
  for await (const part of driver.send(message('hi'))) {
    if (part.type === 'turn-start') break;
  }
  await engine.settled();
  assert.deepEqual(
    (await bench.mailbox.waiting('ann')).map(({ text }) => text),
    ['Hello.'],
  );
  assert.ok(bench.announced.includes('ann'));
});

test('the last turn can be hidden, and a stopped driver takes nothing more', async (context) => {
  const { driver } = await open(context, { script: () => [words('Hello.')] });
  await readParts(driver.send(message('hi')));
  assert.equal((await driver.undo('ann', 'c1')).text, 'hi');
  const preview = { person: 'ann', conversation: 'c1', text: 'and now', timeZone: 'UTC' };
  assert.equal((await driver.preview(preview)).messages.length, 1);
  await driver.stop(0);
  await assert.rejects(readParts(driver.send(message('more'))), { code: 'SERVICE_STOPPING' });
});
