import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AssistantPart, JsonObject, TurnInput, TurnState } from '@opencomputer/contracts';
import { advance } from '../../core/index.ts';
import { carriedBytesMax, isSmall, thinned } from './carried-input.ts';

const long = 'word '.repeat(carriedBytesMax);
const usage = { inputTokens: 1, outputTokens: 1, cachedTokens: 0, cost: 0 };
const start: TurnInput = {
  type: 'turn-start',
  at: 1,
  message: {
    id: '01a204bd-f5f2-750e-80f1-9a2638be118d',
    channel: 'test',
    channelMessageId: '1',
    person: 'ann',
    assurance: 'local',
    conversation: 'c',
    text: long,
    at: 1,
    timeZone: 'UTC',
    interactive: true,
  },
  parsed: { kind: 'unknown', confidence: 0, slots: {}, missing: [], alternatives: [], reason: '' },
  plan: { type: 'model' },
  budget: { steps: 10, tokens: 100, seconds: 60, money: 1 },
};
const said = (parts: readonly AssistantPart[]): TurnInput => ({
  type: 'model-finish',
  at: 2,
  parts,
  finish: 'stop',
  usage,
  model: 'm',
  promptHash: '',
});
const called = (callId: string, args: JsonObject): AssistantPart => ({
  type: 'tool-call',
  call: { callId, tool: 'send', arguments: args },
});

test('what is small is carried as it is', () => {
  const small = said([{ type: 'text', text: 'hi' }]);
  assert.equal(thinned(small), small);
});

test('what is large becomes small, and leads to the same kind of command', () => {
  const inputs = [
    start,
    said([{ type: 'text', text: long }]),
    said([called('c1', { text: long }), called('c2', { text: 'short' })]),
    said([{ type: 'text', text: long }, called('c1', { $invalid: long })]),
  ];
  for (const input of inputs) {
    const thin = thinned(input);
    assert.ok(isSmall(thin) && !isSmall(input));
    const before: TurnState | undefined =
      input === start ? undefined : advance(undefined, start).state;
    const shape = (taken: TurnInput): unknown => {
      const { state, commands } = advance(before, taken);
      const calls = state.calls.map(({ call, status }) => [call.callId, call.tool, status]);
      return [state.status, commands.map(({ type }) => type), calls];
    };
    assert.deepEqual(shape(thin), shape(input));
  }
});

test('equal arguments stay equal and others stay different, so that a loop is seen', () => {
  const keys = [long, long, `${long}!`].map((text, index) => {
    const thin = thinned(said([called(`c${index}`, { text })]));
    assert.ok(thin.type === 'model-finish');
    const [part] = thin.parts;
    assert.ok(part?.type === 'tool-call');
    return JSON.stringify(part.call.arguments);
  });
  assert.equal(keys[0], keys[1]);
  assert.notEqual(keys[0], keys[2]);
});
