import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import * as channels from '../../channels/index.ts';
import * as core from '../../core/index.ts';
import * as plugins from '../../plugins/index.ts';
import * as policy from '../../policy/index.ts';
import * as store from '../../store/index.ts';
import { message, openBench, toTool, words } from '../fixtures/bench.ts';
import { createTurnSteps } from './turn-steps.ts';

const folders = { channels, core, plugins, policy, store };

test('a turn begins once, and its calls come with their terms', async (context) => {
  const clock = createFakeClock();
  const options = { clock, understand: toTool('bench_once', { text: 'a' }) };
  const { ports, mailbox } = await openBench(context, folders, options);
  const steps = createTurnSteps(ports);
  const accepted = { ...message('do it'), id: ports.identifier(), conversation: 'c', at: 1 };
  await mailbox.accept(accepted);
  const [first, second] = await Promise.all([steps.begin(accepted.id), steps.begin(accepted.id)]);
  assert.deepEqual(first, second);
  assert.equal(first.record.length, 1);
  assert.deepEqual(
    first.terms.map(({ repeatable }) => repeatable),
    [false],
  );
});

test('an answer that a stop cut short is told as a failure, which its worker does not pass on', async (context) => {
  const clock = createFakeClock();
  const script = (): 'silence' => 'silence';
  const { ports, mailbox } = await openBench(context, folders, { clock, script });
  const steps = createTurnSteps(ports);
  const accepted = { ...message('hi'), id: ports.identifier(), conversation: 'c', at: 1 };
  await mailbox.accept(accepted);
  await steps.begin(accepted.id);
  const unrecorded = { from: 1, inputs: [] };
  const step = { turn: accepted.id, unrecorded, work: { type: 'model' } } as const;
  const answer = await steps.callModel(step, AbortSignal.abort());
  assert.equal(answer.input.type, 'model-fail');
});

test('a call is run with the key of its turn, and one that the record does not know is not', async (context) => {
  const clock = createFakeClock();
  const understand = toTool('bench_read', { text: 'a' });
  const options = { clock, understand, script: () => [words('x')] };
  const { ports, mailbox, ran } = await openBench(context, folders, options);
  const steps = createTurnSteps(ports);
  const accepted = { ...message('read'), id: ports.identifier(), conversation: 'c', at: 1 };
  await mailbox.accept(accepted);
  const turn = accepted.id;
  const { terms } = await steps.begin(turn);
  const callId = terms[0]?.callId ?? assert.fail();
  const none = { from: 1, inputs: [] };
  const { decided } = await steps.decide({ turn, unrecorded: none, work: { type: 'decide' } });
  const unrecorded = { from: 1, inputs: [decided] };
  const work = { type: 'tool' as const, callId, idempotencyKey: 'the key' };
  const { signal } = new AbortController();
  const carried = await steps.callTool({ turn, unrecorded, work }, signal);
  assert.ok(carried.input.type === 'tool-finish');
  assert.equal(carried.input.outcome.status, 'done');
  assert.deepEqual(
    ran.map(({ key }) => key),
    ['the key'],
  );
  const other = { ...work, callId: 'nobody asked' };
  await assert.rejects(steps.callTool({ turn, unrecorded, work: other }, signal), {
    code: 'INTERNAL',
  });
});
