import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { InboundMessage, TurnInput } from '@opencomputer/contracts';
import { createFakeClock } from '@opencomputer/testkit';
import * as channels from '../../channels/index.ts';
import * as core from '../../core/index.ts';
import * as plugins from '../../plugins/index.ts';
import * as policy from '../../policy/index.ts';
import * as store from '../../store/index.ts';
import { openBench } from '../fixtures/bench.ts';
import type { Bench } from '../fixtures/bench.ts';
import { carriedBytesMax } from './carried-input.ts';
import { createTurnLog, ownerOf } from './turn-log.ts';
import type { TurnLog } from './turn-log.ts';

const usage = { inputTokens: 1, outputTokens: 1, cachedTokens: 0, cost: 0 };
const cancel: TurnInput = { type: 'turn-cancel', at: 3, reason: 'enough' };
const said = (text: string): TurnInput => ({
  type: 'model-finish',
  at: 2,
  parts: [{ type: 'text', text }],
  finish: 'stop',
  usage,
  model: 'm',
  promptHash: '',
});

async function open(context: TestContext): Promise<{
  readonly bench: Bench;
  readonly log: TurnLog;
  readonly message: InboundMessage;
}> {
  const folders = { channels, core, plugins, policy, store };
  const bench = await openBench(context, folders, { clock: createFakeClock() });
  const { ports, journal, database } = bench;
  const message: InboundMessage = {
    id: ports.identifier(),
    channel: 'test',
    channelMessageId: '1',
    person: 'ann',
    assurance: 'local',
    conversation: 'c',
    text: 'hi',
    at: 1,
    timeZone: 'UTC',
    interactive: true,
  };
  const start: TurnInput = {
    type: 'turn-start',
    at: 1,
    message,
    parsed: {
      kind: 'unknown',
      confidence: 0,
      slots: {},
      missing: [],
      alternatives: [],
      reason: '',
    },
    plan: { type: 'model' },
    budget: { steps: 10, tokens: 100, seconds: 60, money: 1 },
  };
  await database.write(await journal.append(ownerOf(message), [start], 0));
  return { bench, log: createTurnLog(ports), message };
}

test('what is written again is there once, also at the same time, and a gap is refused', async (context) => {
  const { bench, log, message } = await open(context);
  const { id } = message;
  const unrecorded = { from: 1, inputs: [{ input: said('a') }, { input: cancel }] };
  const [first, second] = await Promise.all([log.write(id, unrecorded), log.write(id, unrecorded)]);
  assert.equal(first.record.length, 3);
  assert.deepEqual(second.record, first.record);
  assert.equal((await bench.journal.record(id)).length, 3);
  await assert.rejects(log.write(id, { from: 9, inputs: [{ input: cancel }] }), {
    code: 'INTERNAL',
  });
  const early = await log.write(id, { from: 1, inputs: [{ input: said('a') }] });
  assert.equal(early.record.length, 2, 'a step that is late sees the record of its time');
});

test('a large input is carried thin, and is whole in the record', async (context) => {
  const { bench, log, message } = await open(context);
  const long = 'x'.repeat(carriedBytesMax * 2);
  const carried = await log.carry(message, said(long));
  assert.ok(carried.kept !== undefined && JSON.stringify(carried).length < carriedBytesMax);
  await log.write(message.id, { from: 1, inputs: [carried] });
  const [, input] = await bench.journal.record(message.id);
  assert.deepEqual(input, said(long));
  assert.deepEqual(await log.carry(message, cancel), { input: cancel });
});

test('an end is written once, with what belongs to it', async (context) => {
  const { bench, log, message } = await open(context);
  let ends = 0;
  const more = async () => {
    ends += 1;
    const event = { name: 'turn-finish', at: 3, payload: {} };
    return [await bench.journal.event(ownerOf(message), event)];
  };
  const unrecorded = { from: 1, inputs: [{ input: cancel }] };
  await log.end(message.id, unrecorded, more);
  await log.end(message.id, unrecorded, more);
  assert.equal(ends, 1);
  const progress = (await bench.journal.progress([message.id])).get(message.id);
  assert.deepEqual(progress, { inputs: 2, isEnded: true });
});
