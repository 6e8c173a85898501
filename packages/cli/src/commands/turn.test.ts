import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { doorTo, failure, fakeService, turnId } from '../fixtures/fake-service.ts';
import type { Script } from '../fixtures/fake-service.ts';
import { testContext } from '../fixtures/surroundings.ts';
import { createRequest } from '../send-request.ts';
import type { TurnView } from '../turn-view.ts';
import { runTurn } from './turn.ts';

const request = createRequest({
  text: 'go',
  conversation: undefined,
  timeZone: 'UTC',
  folder: '/',
  interactive: true,
  stream: false,
  modelOnly: false,
});

const ask = (callId: string) =>
  ({
    type: 'approval-ask',
    turn: turnId,
    plugin: 'p',
    call: { callId, tool: 't', arguments: {} },
    reason: 'why not',
    expiresAt: 0,
  }) as const;

test('questions are asked one after the other, and each answer goes to its own', async () => {
  const two: Script = async function* ({ action }) {
    yield ask('a');
    yield ask('b');
    const said = [await action(), await action()];
    for (const each of said) {
      if (each.type === 'cancel' || each.type === 'steer') continue;
      yield { type: 'approval-end', callId: each.callId, approved: each.type === 'approve' };
    }
    return { text: 'done' };
  };
  const service = fakeService({ scripts: { go: two } });
  const context = testContext({ agent: doorTo(service) });
  const terminal = new Readable({ read: () => undefined });
  const typed = ['y\n', 'too risky\n'];
  // Typed after the question is on the screen, as a person does.
  const error = {
    write: (text: string) => {
      if (text.endsWith('no: ')) setImmediate(() => terminal.push(typed.shift()));
    },
  };
  const run = { service, request, views: [], terminal };
  const code = await runTurn({ ...context, error }, run);
  assert.deepEqual(service.actions, [
    { type: 'approve', turn: turnId, callId: 'a' },
    { type: 'deny', turn: turnId, callId: 'b', reason: 'too risky' },
  ]);
  assert.equal(code, 3);
});

test('the first Ctrl-C cancels the turn', async () => {
  const started = Promise.withResolvers<void>();
  const waiting: Script = async function* ({ action }) {
    yield { type: 'notice', text: 'x' };
    const said = await action();
    const error = failure('TURN_CANCELLED', { reason: 'r' });
    return { status: said.type === 'cancel' ? 'cancelled' : 'done', text: '', error };
  };
  const service = fakeService({ scripts: { go: waiting } });
  const context = testContext({ agent: doorTo(service) });
  const view: TurnView = { show: ({ type }) => type === 'notice' && started.resolve() };
  const code = runTurn(context, { service, request, views: [view], terminal: undefined });
  await started.promise;
  context.interrupt();
  assert.equal(await code, 130);
});

test('the second Ctrl-C leaves a turn that does not end', async () => {
  const started = Promise.withResolvers<void>();
  const stuck: Script = async function* ({ action }) {
    yield { type: 'notice', text: 'x' };
    await action();
    await new Promise(() => undefined);
    return { text: '' };
  };
  const service = fakeService({ scripts: { go: stuck } });
  const context = testContext({ agent: doorTo(service) });
  const view: TurnView = { show: ({ type }) => type === 'notice' && started.resolve() };
  const code = runTurn(context, { service, request, views: [view], terminal: undefined });
  await started.promise;
  context.interrupt();
  context.interrupt();
  assert.equal(await code, 130);
});

test('an error of the stream is thrown, and no question stays open', async () => {
  const breaking: Script = async function* () {
    yield ask('a');
    throw failure('SERVICE_UNREACHABLE', { problem: 'gone' });
  };
  const service = fakeService({ scripts: { go: breaking } });
  const context = testContext({ agent: doorTo(service) });
  const terminal = new Readable({ read: () => undefined });
  await assert.rejects(runTurn(context, { service, request, views: [], terminal }), {
    code: 'SERVICE_UNREACHABLE',
  });
  assert.equal(terminal.destroyed, true);
});
