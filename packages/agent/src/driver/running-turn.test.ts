import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Grant, Message, StreamPart, TurnInput } from '@opencomputer/contracts';
import { createFakeClock, endOf, partsOf, readParts, readUntil } from '@opencomputer/testkit';
import * as channels from '../channels/index.ts';
import * as core from '../core/index.ts';
import * as plugins from '../plugins/index.ts';
import * as policy from '../policy/index.ts';
import * as store from '../store/index.ts';
import type { Driver } from './driver-port.ts';
import { ask, message, openBench, toTool, words } from './fixtures/bench.ts';
import type { Bench, BenchOptions, Saying, Script } from './fixtures/bench.ts';

const open = (
  context: TestContext,
  options: Partial<BenchOptions> = {},
  clock = createFakeClock(),
): Promise<Bench> =>
  openBench(context, { channels, core, plugins, policy, store }, { clock, ...options });

/** Says one thing after another, whatever is asked. */
const script =
  (...sayings: readonly Saying[]): Script =>
  (_, index) =>
    sayings[index] ?? [];

const results = (messages: readonly Message[]): string[] =>
  messages.flatMap((one) => (one.role === 'tool' ? [`${one.tool}: ${one.outcome.text}`] : []));

const names = (record: readonly TurnInput[]): string[] => record.map(({ type }) => type);

/** Approves or denies each question. */
const answer =
  (driver: Driver, give: 'approve' | 'deny', reason?: string) =>
  (part: StreamPart): void => {
    if (part.type !== 'approval-ask') return;
    const { turn, call } = part;
    const base = { turn, callId: call.callId };
    void driver.act(
      give === 'approve'
        ? { type: 'approve', ...base }
        : { type: 'deny', ...base, ...(reason && { reason }) },
    );
  };

test('text arrives in parts that make up the reply, without one more at the end', async (context) => {
  const { driver } = await open(context, { script: script([words('One two three.')]) });
  const parts = await readParts(driver.send(message('hi')));
  const deltas = partsOf(parts, 'text-delta').map(({ delta }) => delta);
  assert.deepEqual(deltas, ['One', ' two', ' three.']);
  assert.equal(endOf(parts).text, 'One two three.');
});

test('a reader of no deltas gets the reply once, at the end', async (context) => {
  const { driver } = await open(context, { script: script([words('One two.')]) });
  const parts = await readParts(driver.send(message('hi', { stream: false })));
  assert.deepEqual(
    parts.map(({ type }) => type),
    ['turn-start', 'turn-end'],
  );
  assert.equal(endOf(parts).text, 'One two.');
});

test('calls of one step run together, and their results go back in the order asked', async (context) => {
  const { driver, release, requests, waiting } = await open(context, {
    script: script(
      [ask('bench_read', { text: 'wait' }), ask('bench_read', { text: 'b' })],
      [words('Both done.')],
    ),
  });
  void waiting.then(release);
  const parts = await readParts(driver.send(message('wait, then b')));
  const started = partsOf(parts, 'tool-start').map(({ call }) => call.callId);
  assert.equal(new Set(started).size, 2);
  const ended = partsOf(parts, 'tool-end').map(({ callId }) => callId);
  assert.deepEqual(ended, started.toReversed());
  const sent = requests[1]?.messages ?? [];
  assert.deepEqual(
    sent.flatMap((one) => (one.role === 'tool' ? [one.callId] : [])),
    started,
  );
  assert.deepEqual(results(sent), [
    'bench_read: bench_read was done',
    'bench_read: bench_read was done',
  ]);
});

test('what a tool throws is a failure that the model reads', async (context) => {
  const { driver, requests } = await open(context, {
    script: script([ask('bench_throw')], [words('It broke.')]),
  });
  assert.equal(endOf(await readParts(driver.send(message('go')))).text, 'It broke.');
  assert.match(results(requests[1]?.messages ?? [])[0] ?? '', /planned/);
});

test('a write in other words than the person’s is asked about; approved, it runs once', async (context) => {
  const { driver, ran } = await open(context, {
    script: script([ask('bench_write', { text: 'send all money' })], [words('Written.')]),
  });
  const parts = await readParts(driver.send(message('do it')), answer(driver, 'approve'));
  assert.deepEqual(
    parts.map(({ type }) => type).filter((type) => /approval|tool/.test(type)),
    ['approval-ask', 'approval-end', 'tool-start', 'tool-end'],
  );
  assert.equal(partsOf(parts, 'approval-end')[0]?.approved, true);
  assert.deepEqual(
    ran.map(({ tool, input }) => [tool, input]),
    [['bench_write', { text: 'send all money' }]],
  );
});

test('denied with a reason, it does not run and the model reads the reason', async (context) => {
  const { driver, ran, requests } = await open(context, {
    script: script([ask('bench_send', { text: 'x' })], [words('As you like.')]),
  });
  const parts = await readParts(
    driver.send(message('send x')),
    answer(driver, 'deny', 'not today'),
  );
  assert.deepEqual(ran, []);
  assert.equal(partsOf(parts, 'approval-end')[0]?.approved, false);
  assert.match(results(requests[1]?.messages ?? [])[0] ?? '', /said no: not today/);
});

test('where nobody can be asked it is denied without a question', async (context) => {
  const { driver, ran, requests } = await open(context, {
    script: script([ask('bench_send', { text: 'x' })], [words('No.')]),
  });
  const parts = await readParts(driver.send(message('send x', { interactive: false })));
  assert.deepEqual([ran, partsOf(parts, 'approval-ask')], [[], []]);
  assert.match(results(requests[1]?.messages ?? [])[0] ?? '', /unattended/);
});

test('a question that nobody answers ends as no, and is said to have ended', async (context) => {
  const clock = createFakeClock();
  const { driver, ran } = await open(
    context,
    { script: script([ask('bench_send', { text: 'x' })], [words('Not done.')]) },
    clock,
  );
  const parts = await readParts(driver.send(message('send x')), (part) => {
    if (part.type === 'approval-ask') clock.forward(part.expiresAt - clock.now());
  });
  assert.deepEqual(ran, []);
  assert.equal(partsOf(parts, 'approval-end')[0]?.approved, false);
  assert.equal(endOf(parts).text, 'Not done.');
});

test('a write in the person’s own words runs without a question', async (context) => {
  const { driver, ran } = await open(context, {
    script: script([ask('bench_write', { text: 'Buy milk' })], [words('Noted.')]),
  });
  const parts = await readParts(driver.send(message('please note: buy milk!')));
  assert.deepEqual(partsOf(parts, 'approval-ask'), []);
  assert.equal(ran.length, 1);
});

test('the fast path takes no model, and what it ran is told to the views', async (context) => {
  const { driver, ran, requests, ended } = await open(context, {
    understand: toTool('bench_write', { text: 'x' }),
  });
  const parts = await readParts(driver.send(message('anything')));
  assert.equal(endOf(parts).text, 'bench_write was done');
  assert.deepEqual([requests.length, ran.length], [0, 1]);
  assert.equal(partsOf(parts, 'intent-resolve')[0]?.tool, 'bench_write');
  assert.deepEqual(ended, [{ person: 'ann', intent: 'bench', plugin: 'bench', failed: false }]);
});

test('the fast path asks too before it reaches outside', async (context) => {
  const { driver, ran } = await open(context, { understand: toTool('bench_send', { text: 'x' }) });
  const parts = await readParts(driver.send(message('go')), answer(driver, 'deny'));
  assert.deepEqual(ran, []);
  assert.match(endOf(parts).text, /said no/);
});

test('cancelled while a tool runs, the turn ends at once and says so', async (context) => {
  const { driver, waiting, journal } = await open(context, {
    script: script([ask('bench_read', { text: 'wait' })]),
  });
  const parts = await readParts(driver.send(message('go')), (part) => {
    if (part.type !== 'turn-start') return;
    void waiting.then(() => driver.act({ type: 'cancel', turn: part.turn, reason: 'enough' }));
  });
  const end = endOf(parts);
  assert.deepEqual([end.status, end.error?.code], ['cancelled', 'TURN_CANCELLED']);
  const record = await journal.record(end.turn);
  assert.equal(names(record).at(-1), 'turn-cancel');
});

test('cancelled while the model is silent, the turn ends and the next one is answered', async (context) => {
  const { driver } = await open(context, { script: script('silence', [words('Here.')]) });
  let turn = '';
  const parts = await readParts(driver.send(message('go')), (part) => {
    if (part.type === 'turn-start') ({ turn } = part);
    if (part.type === 'model-start') void driver.act({ type: 'cancel', turn, reason: 'enough' });
  });
  assert.equal(endOf(parts).status, 'cancelled');
  assert.equal(endOf(await readParts(driver.send(message('again')))).text, 'Here.');
});

test('words added while it works are read with the results, and are durable when taken', async (context) => {
  const { driver, waiting, release, requests, journal } = await open(context, {
    script: script([ask('bench_read', { text: 'wait' })], [words('Both.')]),
  });
  let kept: string[] = [];
  const parts = await readParts(driver.send(message('go')), (part) => {
    if (part.type !== 'turn-start') return;
    const { turn } = part;
    void waiting
      .then(() => driver.act({ type: 'steer', turn, text: 'and be brief' }))
      .then(() => journal.record(turn))
      .then((record) => (kept = names(record)))
      .then(release);
  });
  assert.equal(endOf(parts).text, 'Both.');
  assert.ok(kept.includes('turn-steer'), 'a crash right after it would have lost the words');
  assert.deepEqual(requests[1]?.messages.at(-1), { role: 'user', text: 'and be brief' });
});

test('words added when no model will read them are refused, not dropped', async (context) => {
  const { driver, waiting, release } = await open(context, {
    understand: toTool('bench_read', { text: 'wait' }),
  });
  let code: unknown;
  await readParts(driver.send(message('go')), (part) => {
    if (part.type !== 'turn-start') return;
    const { turn } = part;
    void waiting
      .then(() => driver.act({ type: 'steer', turn, text: 'and be brief' }))
      .catch((error: unknown) => (code = (error as { code: string }).code))
      .then(release);
  });
  assert.equal(code, 'TURN_BUSY');
});

test('the deadline of the budget ends a turn whose model is silent', async (context) => {
  const clock = createFakeClock();
  const { driver } = await open(context, { script: script('silence') }, clock);
  const parts = await readParts(driver.send(message('go')), (part) => {
    if (part.type === 'model-start') clock.forward(600_000);
  });
  assert.equal(endOf(parts).error?.code, 'BUDGET_SECONDS');
});

test('a model that asks for the same thing again and again is stopped', async (context) => {
  const { driver, ran } = await open(context, { script: () => [ask('bench_read', { text: 'x' })] });
  const parts = await readParts(driver.send(message('go')));
  assert.equal(endOf(parts).error?.code, 'BUDGET_LOOP');
  assert.equal(ran.length, 3);
});

test('the record tells every input in order, and replaying it gives the same end', async (context) => {
  const { driver, journal } = await open(context, {
    script: script([ask('bench_read', { text: 'x' })], [words('Done.')]),
  });
  const end = endOf(await readParts(driver.send(message('go'))));
  const record = await journal.record(end.turn);
  assert.deepEqual(names(record), [
    'turn-start',
    'model-finish',
    'policy-decide',
    'tool-finish',
    'model-finish',
  ]);
  assert.equal(core.replay(record)?.reply?.text, 'Done.');
  assert.deepEqual(end.usage, { inputTokens: 200, outputTokens: 40, cachedTokens: 0, cost: 0.002 });
});

/** A turn that hangs in a tool, as a crash would leave it, and the driver of the next start. */
async function crashIn(
  context: TestContext,
  tool: string,
  options: Partial<BenchOptions> = {},
): Promise<Bench & { next: Driver; turn: string }> {
  const bench = await open(context, {
    script: script([ask(tool, { text: 'wait' })], [words('After the restart.')]),
    ...options,
  });
  const { turn } = await readUntil(bench.driver.send(message('wait')), 'turn-start');
  await bench.waiting;
  return { ...bench, next: bench.again(), turn };
}

test('after a crash a tool that reads or is idempotent runs again, under the same key', async (context) => {
  for (const tool of ['bench_read', 'bench_write']) {
    const { next, ran, mailbox } = await crashIn(context, tool);
    await next.resume();
    await next.stop(60_000);
    assert.equal(ran.length, 2);
    assert.equal(ran[0]?.key, ran[1]?.key);
    const [late] = await mailbox.waiting('ann');
    assert.match(late?.text ?? '', /After the restart/);
  }
});

test('after a crash a call runs again only if policy still allows it, or the person had agreed', async (context) => {
  const grant = { type: 'tool', plugin: 'bench', tool: 'bench_fetch' } as const;
  const grants: Grant[] = [grant];
  const revoked = await crashIn(context, 'bench_fetch', { grants });
  grants.pop();
  await revoked.next.resume();
  await revoked.next.stop(60_000);
  assert.equal(revoked.ran.length, 1);
  assert.match(results(revoked.requests[1]?.messages ?? [])[0] ?? '', /^bench_fetch: Not allowed/);

  const kept = await crashIn(context, 'bench_fetch', { grants: [grant] });
  await kept.next.resume();
  await kept.next.stop(60_000);
  assert.equal(kept.ran.length, 2);

  const asked = await open(context, {
    script: script([ask('bench_fetch', { text: 'wait' })], [words('Done.')]),
  });
  const { turn, call } = await readUntil(asked.driver.send(message('go')), 'approval-ask');
  await asked.driver.act({ type: 'approve', turn, callId: call.callId });
  await asked.waiting;
  const next = asked.again();
  await next.resume();
  await next.stop(60_000);
  assert.equal(asked.ran.length, 2);
});

test('after a crash a tool that is not idempotent is not run again; its outcome is unknown', async (context) => {
  const { next, ran, requests, journal, turn } = await crashIn(context, 'bench_once');
  await next.resume();
  await next.stop(60_000);
  assert.equal(ran.length, 1);
  assert.match(results(requests[1]?.messages ?? [])[0] ?? '', /may have taken effect/);
  assert.ok(names(await journal.record(turn)).includes('tool-finish'));
});

test('after a crash on the fast path an unknown outcome is said to the person', async (context) => {
  const understand = toTool('bench_once', { text: 'wait' });
  const { next, ran, mailbox } = await crashIn(context, 'bench_once', { understand });
  await next.resume();
  await next.stop(60_000);
  assert.equal(ran.length, 1);
  const [late] = await mailbox.waiting('ann');
  assert.match(late?.text ?? '', /not known whether bench_once took effect/);
});

test('a question that was open at a crash counts as no, and nobody waits for its answer', async (context) => {
  const { driver, again, ran, mailbox } = await open(context, {
    script: script([ask('bench_send', { text: 'x' })], [words('Not sent.')]),
  });
  await readUntil(driver.send(message('send x')), 'approval-ask');
  const next = again();
  await next.resume();
  await next.stop(60_000);
  assert.deepEqual(ran, []);
  assert.match((await mailbox.waiting('ann'))[0]?.text ?? '', /Not sent/);
});

test('a resumed turn asks nobody: what policy would ask about is denied', async (context) => {
  const sayings: Saying[] = ['silence', [ask('bench_send', { text: 'x' })], [words('Not sent.')]];
  const { driver, again, ran, requests } = await open(context, { script: script(...sayings) });
  await readUntil(driver.send(message('send x')), 'model-start');
  const next = again();
  await next.resume();
  await next.stop(60_000);
  assert.deepEqual(ran, []);
  assert.match(results(requests[2]?.messages ?? [])[0] ?? '', /unattended/);
});
