import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '@opencomputer/contracts';
import type { Statement } from '@opencomputer/contracts/internal';
import { createCallLog, ownersMax } from './call-log.ts';
import type { EndedCall } from './call-log.ts';
import type { Owner } from './journal.ts';

const message = { id: 'turn-1', person: 'ada', conversation: 'c-1' };
const failed: EndedCall = {
  turn: 'turn-1',
  step: 2,
  model: 'm',
  provider: 'openai',
  promptHash: 'ab12',
  usage: { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cost: 0 },
  attempts: 3,
  durationMs: 1_200,
  code: 'MODEL_SERVER',
};

function make(failure?: Error) {
  const events: { owner: Owner; name: string; at: number; payload: Json }[] = [];
  const batches: { statements: readonly Statement[]; durable: boolean | undefined }[] = [];
  const reported: string[] = [];
  const log = createCallLog({
    journal: {
      event: (owner, event) => {
        events.push({ owner, ...event });
        return Promise.resolve({ sql: `event ${events.length}`, parameters: [] });
      },
    },
    database: {
      write: (statements, options) => {
        batches.push({ statements, durable: options?.durable });
        return failure ? Promise.reject(failure) : Promise.resolve([]);
      },
    },
    clock: { now: () => 7, monotonic: () => 0, after: () => () => undefined },
    report: (error, about) => reported.push(`${about}: ${String(error)}`),
  });
  return { log, events, batches, reported };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a failed call is an event of its turn, with numbers and names only', async () => {
  const { log, events, batches } = make();
  log.begin(message);
  log.end({ ...failed, text: 'what somebody said' } as EndedCall);
  await settled();
  const { turn: _turn, ...numbers } = failed;
  const owner = { person: 'ada', conversation: 'c-1', turn: 'turn-1' };
  assert.deepEqual(events, [{ owner, name: 'model-call', at: 7, payload: numbers }]);
  assert.deepEqual(batches, [{ statements: [{ sql: 'event 1', parameters: [] }], durable: false }]);
});

test('an answered call leaves no event, nor does one of a turn that nobody announced', async () => {
  const { log, events } = make();
  log.begin(message);
  const { code: _code, ...answered } = failed;
  log.end(answered);
  log.end({ ...failed, turn: 'turn-2' });
  await settled();
  assert.deepEqual(events, []);
});

test('an event that cannot be written is reported and stops nothing', async () => {
  const { log, reported } = make(new Error('the disk is full'));
  log.begin(message);
  log.end(failed);
  await settled();
  assert.deepEqual(reported, ['model call of turn-1: Error: the disk is full']);
});

test('only the turns that called last are remembered', async () => {
  const { log, events } = make();
  for (let count = 0; count <= ownersMax; count += 1) log.begin({ ...message, id: `t${count}` });
  log.end({ ...failed, turn: 't0' });
  log.end({ ...failed, turn: 't1' });
  await settled();
  assert.deepEqual(
    events.map(({ owner }) => owner.turn),
    ['t1'],
  );
});
